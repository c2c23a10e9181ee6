// SPDX-License-Identifier: MIT
#include "files.hpp"
#include "jpegs.hpp"

#include <mcfa/image/codec/jpeg.hpp>

#include <array>
#include <span>
#include <string>
#include <utility>

using namespace mcfa;

namespace {

bytes flat(int height, int width, std::vector<std::uint8_t> const& value) {
    bytes out;
    for (int i = 0; i < height * width; ++i) out.insert(out.end(), value.begin(), value.end());
    return out;
}

bytes of(image::pixels const& photo) { return {photo.data(), photo.data() + photo.size()}; }

} // namespace

BOOST_AUTO_TEST_SUITE(jpeg)

BOOST_AUTO_TEST_CASE(colour_keeps_its_channels_and_axes) {
    auto const photo = ramp(40, 64);
    for (bool progressive : {false, true}) {
        jpeg_maker make;
        make.progressive = progressive;
        BOOST_TEST(greatest_difference(image::decode_jpeg(make(of(photo), 40, 64), "a"), photo) <= 12);
    }
}

BOOST_AUTO_TEST_CASE(grey_becomes_three_equal_channels) {
    jpeg_maker make{JCS_GRAYSCALE, JCS_GRAYSCALE, 1};
    auto const photo = image::decode_jpeg(make(flat(9, 17, {77}), 9, 17), "a");
    BOOST_TEST((photo.shape()[0] == 9 && photo.shape()[1] == 17 && photo.shape()[2] == 3));
    for (auto v : photo) BOOST_TEST(std::abs(int{v} - 77) <= 1);
}

BOOST_AUTO_TEST_CASE(colours_may_be_sampled_in_any_way) {
    auto const photo = ramp(40, 64);
    for (auto [across, down] : {std::pair{1, 1}, {2, 1}, {1, 2}, {2, 2}, {4, 1}, {1, 4}, {3, 1}, {1, 3}, {4, 2}}) {
        jpeg_maker make;
        make.luma_across = across, make.luma_down = down;
        BOOST_TEST(greatest_difference(image::decode_jpeg(make(of(photo), 40, 64), "a"), photo) <= 24, across << "x" << down);
    }
}

BOOST_AUTO_TEST_CASE(a_panorama_is_read) {
    auto const file = jpeg_maker{JCS_GRAYSCALE, JCS_GRAYSCALE, 1}(bytes(8 * 20000, 90), 8, 20000);
    BOOST_TEST(image::width(image::decode_jpeg(file, "panorama.jpg")) == 20000);
}

BOOST_AUTO_TEST_CASE(inks_become_light) {
    // cyan 0.2, magenta 0.4, yellow 0.6, black 0.5 -> (0.8, 0.6, 0.4) * 0.5
    std::array<int, 3> const expected{102, 77, 51};
    for (bool adobe : {false, true})
        for (auto stored : {JCS_CMYK, JCS_YCCK}) {
            if (stored == JCS_YCCK && !adobe) continue; // without the marker a reader takes it for CMYK
            jpeg_maker make{JCS_CMYK, stored, 4, adobe};
            std::vector<std::uint8_t> const inks =
                adobe ? std::vector<std::uint8_t>{204, 153, 102, 128} : std::vector<std::uint8_t>{51, 102, 153, 127};
            auto const photo = image::decode_jpeg(make(flat(8, 8, inks), 8, 8), "a");
            for (std::size_t c = 0; c < 3; ++c) BOOST_TEST(std::abs(int{photo(3, 3, c)} - expected[c]) <= 2);
        }
}

BOOST_AUTO_TEST_CASE(a_cut_anywhere_is_an_error) {
    for (bool progressive : {false, true}) {
        jpeg_maker make;
        make.progressive = progressive;
        auto const whole = make(of(ramp(96, 96)), 96, 96);
        for (std::size_t size : {std::size_t{3}, std::size_t{20}, whole.size() / 2, whole.size() - 20, whole.size() - 3}) {
            bytes const part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
            refuses([&] { image::decode_jpeg(part, "cut.jpg"); }, "cut.jpg", "not a whole JPEG");
        }
        auto longer = whole;
        longer.insert(longer.end(), 40, 0); // stray bytes after the end are harmless
        BOOST_CHECK_NO_THROW(image::decode_jpeg(longer, "longer.jpg"));
    }
}

BOOST_AUTO_TEST_CASE(a_missing_end_marker_is_noted_and_no_error) {
    for (bool progressive : {false, true}) {
        jpeg_maker make;
        make.progressive = progressive;
        auto const whole = make(of(ramp(96, 96)), 96, 96);
        std::string note;
        auto const expected = image::decode_jpeg(whole, "whole.jpg", {}, &note);
        BOOST_TEST(note.empty());
        for (std::size_t missing : {1u, 2u}) {
            note.clear();
            auto const photo = image::decode_jpeg(std::span(whole).first(whole.size() - missing), "cut.jpg", {}, &note);
            BOOST_TEST((photo == expected));
            BOOST_TEST(note == "cut.jpg: the end marker of the JPEG is missing; every pixel is there");
        }
        auto zeros = whole;
        zeros.insert(zeros.end() - 2, 16, 0); // stray bytes before the end are harmless too
        BOOST_TEST((image::decode_jpeg(zeros, "zeros.jpg") == expected));
    }
}

BOOST_AUTO_TEST_CASE(a_progressive_photo_that_ends_between_its_scans_is_an_error) {
    jpeg_maker make;
    make.progressive = true;
    auto const whole = make(of(ramp(96, 96)), 96, 96);
    int scans = 0;
    for (std::size_t i = 2; i + 1 < whole.size(); ++i)
        if (whole[i] == 0xff && whole[i + 1] == 0xda && ++scans > 1)
            refuses([&] { image::decode_jpeg(std::span(whole).first(i), "cut.jpg"); }, "cut.jpg", "not a whole JPEG");
    BOOST_TEST(scans > 3);
}

BOOST_AUTO_TEST_CASE(scans_times_pixels_have_a_limit) {
    jpeg_maker make;
    make.progressive = true;
    auto const photo = make(of(ramp(96, 96)), 96, 96);
    int const scans = image::jpeg_segments::of(photo).scans;
    BOOST_TEST(scans > 3);
    image::limits allowed;
    allowed.scanned_pixels = std::int64_t{96} * 96 * scans;
    BOOST_CHECK_NO_THROW(image::decode_jpeg(photo, "slow.jpg", allowed));
    --allowed.scanned_pixels;
    refuses([&] { image::decode_jpeg(photo, "slow.jpg", allowed); }, "slow.jpg", "96x96 in " + std::to_string(scans) + " scans");
    auto const plain = jpeg_maker{}(of(ramp(96, 96)), 96, 96); // one scan is within any limit of pixels
    allowed.scanned_pixels = 0;
    BOOST_CHECK_NO_THROW(image::decode_jpeg(plain, "plain.jpg", allowed));
}

BOOST_AUTO_TEST_CASE(bytes_between_segments_are_passed_over) {
    auto const whole = jpeg_maker{}(of(ramp(40, 40)), 40, 40);
    auto const expected = image::decode_jpeg(whole, "whole.jpg");
    std::size_t const second = 4 + (std::size_t{whole[4]} << 8 | whole[5]); // behind the first segment
    auto stray = whole;
    stray.insert(stray.begin() + static_cast<std::ptrdiff_t>(second), {0, 17, 3});
    BOOST_TEST((image::decode_jpeg(stray, "stray.jpg") == expected));
}

BOOST_AUTO_TEST_CASE(a_size_that_the_file_cannot_hold_is_refused_before_memory_is_taken) {
    auto file = jpeg_maker{}(of(ramp(16, 16)), 16, 16);
    for (std::size_t i = 0; i + 8 < file.size(); ++i)
        if (file[i] == 0xff && file[i + 1] == 0xc0) file[i + 5] = file[i + 7] = 0x26, file[i + 6] = file[i + 8] = 0;
    refuses([&] { image::decode_jpeg(file, "bomb.jpg"); }, "bomb.jpg", "9728x9728 pixels take at least 46208 bytes, the file has ");
}

BOOST_AUTO_TEST_CASE(an_end_in_the_middle_is_an_error) {
    auto whole = jpeg_maker{}(of(ramp(96, 96)), 96, 96);
    bytes part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(whole.size() / 2));
    part.push_back(0xff);
    part.push_back(0xd9);
    refuses([&] { image::decode_jpeg(part, "cut.jpg"); }, "cut.jpg", "not a whole JPEG");
}

BOOST_AUTO_TEST_CASE(a_huge_size_in_the_header_is_refused_before_decoding) {
    auto file = jpeg_maker{}(of(ramp(16, 16)), 16, 16);
    for (std::size_t i = 0; i + 8 < file.size(); ++i)
        if (file[i] == 0xff && file[i + 1] == 0xc0) { // frame header: marker, length 2, precision 1, height 2, width 2
            file[i + 5] = file[i + 7] = 0xea;
            file[i + 6] = file[i + 8] = 0x60;
        }
    refuses([&] { image::decode_jpeg(file, "bomb.jpg"); }, "bomb.jpg", "more than the limit of 100000000 pixels");
    refuses([&] { image::decode_jpeg(file, "bomb.jpg", {.side = 16384}); }, "bomb.jpg",
            "a photo of 60000x60000 is larger than the limit of 16384 pixels a side");
}

BOOST_AUTO_TEST_CASE(noise_never_does_worse_than_an_error) {
    auto const whole = jpeg_maker{}(of(ramp(48, 48)), 48, 48);
    std::mt19937 random(5);
    for (int trial = 0; trial < 300; ++trial) {
        auto broken = whole;
        for (int i = 0; i < 4; ++i) broken[2 + random() % (broken.size() - 2)] = static_cast<std::uint8_t>(random());
        image::limits allowed;
        allowed.side = 512;
        try {
            image::decode_jpeg(broken, "broken.jpg", allowed);
        } catch (file_error const&) {
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
