// SPDX-License-Identifier: MIT
#include "files.hpp"

#include <mcfa/image/read.hpp>
#include <mcfa/image/write.hpp>

using namespace mcfa;

namespace {

int files_in(std::filesystem::path const& folder) {
    int count = 0;
    for (auto const& entry : std::filesystem::directory_iterator(folder)) count += entry.path().empty() ? 0 : 1;
    return count;
}

} // namespace

BOOST_AUTO_TEST_SUITE(writing)

BOOST_AUTO_TEST_CASE(what_is_written_is_read_and_nothing_stays_beside_it) {
    temporary_folder folder;
    auto const photo = ramp(31, 47);
    image::write_png(folder.path / "a.png", image::blank(2, 2, 1, 2, 3));
    image::write_png(folder.path / "a.png", photo); // replaces
    BOOST_TEST(greatest_difference(image::read(folder.path / "a.png"), photo) == 0);
    image::write_jpeg(folder.path / "a.jpg", photo, 95);
    BOOST_TEST(greatest_difference(image::read(folder.path / "a.jpg"), photo) <= 16);
    BOOST_TEST(files_in(folder.path) == 2);
}

BOOST_AUTO_TEST_CASE(a_name_may_be_as_long_as_the_file_system_allows) {
    temporary_folder folder;
    auto const long_name = folder.path / (std::string(251, 'n') + ".png");
    image::write_png(long_name, ramp(4, 4));
    BOOST_TEST(image::height(image::read(long_name)) == 4);
}

BOOST_AUTO_TEST_CASE(quality_counts) {
    auto photo = image::blank(64, 64);
    std::mt19937 random(3);
    for (auto& v : photo) v = static_cast<std::uint8_t>(random());
    BOOST_TEST(image::encode_jpeg(photo, 20).size() < image::encode_jpeg(photo, 95).size() / 2);
    BOOST_CHECK_THROW(image::encode_jpeg(photo, 0), option_error);
    BOOST_CHECK_THROW(image::encode_jpeg(photo, 101), option_error);
}

BOOST_AUTO_TEST_CASE(failures_name_the_path_and_leave_nothing) {
    temporary_folder folder;
    auto const photo = ramp(4, 4);
    auto const missing = folder.path / "no" / "a.png";
    refuses([&] { image::write_png(missing, photo); }, missing.string(), "cannot create a temporary file in its folder");
    refuses([&] { image::write_jpeg(missing, photo); }, missing.string(), "cannot create a temporary file in its folder");
    std::filesystem::create_directories(folder.path / "taken" / "inside");
    refuses([&] { image::write_png(folder.path / "taken", photo); }, (folder.path / "taken").string(), "cannot be written");
    refuses([&] { image::write_png(folder.path / "e.png", image::blank(0, 0)); }, (folder.path / "e.png").string(),
            "not height x width x 3");
    BOOST_TEST(files_in(folder.path) == 1);
}

BOOST_AUTO_TEST_SUITE_END()
