// SPDX-License-Identifier: MIT
#include "files.hpp"

#include <mcfa/image/read.hpp>
#include <mcfa/image/write.hpp>

using namespace mcfa;

BOOST_AUTO_TEST_SUITE(reading)

BOOST_AUTO_TEST_CASE(what_is_not_a_photo_is_refused_by_path) {
    temporary_folder folder;
    auto expect = [](std::filesystem::path const& path, std::string const& words) {
        refuses([&] { image::read(path); }, path.string(), words);
    };
    expect(folder.path / "nowhere.jpg", "no such file");
    expect(folder.path, "a directory");
    expect(folder.put("empty.jpg", std::string()), "the file is empty");
    expect(folder.put("notes.jpg", std::string("these are only words\n")), "text, not a photo");
    expect(folder.put("quota.jpg", std::string("\n <!DOCTYPE html><HTML><body>Quota exceeded</body></html>")), "an HTML page");
    expect(folder.put("quota2.png", std::string("\xef\xbb\xbf<html lang=en>")), "an HTML page");
    expect(folder.put("other.jpg", bytes{'G', 'I', 'F', '8', '9', 'a', 0, 1, 2}),
           "neither a JPEG nor a PNG; it begins with the bytes 47 49 46 38 39 61 00 01");
    expect(folder.put("tiny.jpg", bytes{0xff, 0xd8}), "neither a JPEG nor a PNG");
    expect(folder.put("tiny2.jpg", bytes{0xff, 0xd8, 0xff}), "not a whole JPEG");
    expect(folder.put("tiny.png", bytes{0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'}), "not a whole PNG");
}

BOOST_AUTO_TEST_CASE(content_decides_not_the_name) {
    temporary_folder folder;
    auto const photo = ramp(20, 30);
    image::write_png(folder.path / "really_png.jpg", photo);
    image::write_jpeg(folder.path / "really_jpeg.png", photo, 95);
    BOOST_TEST(greatest_difference(image::read(folder.path / "really_png.jpg"), photo) == 0);
    BOOST_TEST(greatest_difference(image::read(folder.path / "really_jpeg.png"), photo) <= 16);
}

BOOST_AUTO_TEST_CASE(limits_are_inclusive) {
    auto const file = image::encode_png(ramp(20, 30));
    image::limits allowed;
    allowed.side = 30;
    allowed.pixels = 600;
    BOOST_TEST(image::width(image::decode(file, "a", allowed)) == 30);
    allowed.pixels = 599;
    refuses([&] { image::decode(file, "a", allowed); }, "a", "more than the limit of 599 pixels");
    allowed = {};
    allowed.side = 29;
    refuses([&] { image::decode(file, "a", allowed); }, "a", "larger than the limit of 29 pixels a side");
}

BOOST_AUTO_TEST_SUITE_END()
