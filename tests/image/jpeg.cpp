// SPDX-License-Identifier: MIT
#include "files.hpp"
#include "jpegs.hpp"

#include <mcfa/image/codec/jpeg.hpp>

#include <array>

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
        for (std::size_t size :
             {std::size_t{3}, std::size_t{20}, whole.size() / 2, whole.size() - 20, whole.size() - 3, whole.size() - 2, whole.size() - 1}) {
            bytes const part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
            refuses([&] { image::decode_jpeg(part, "cut.jpg"); }, "cut.jpg", "not a whole JPEG");
        }
        auto longer = whole;
        longer.insert(longer.end(), 40, 0); // stray bytes after the end are harmless
        BOOST_CHECK_NO_THROW(image::decode_jpeg(longer, "longer.jpg"));
    }
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
    refuses([&] { image::decode_jpeg(file, "bomb.jpg"); }, "bomb.jpg",
            "a photo of 60000x60000 is larger than the limit of 16384 pixels a side");
    image::limits allowed;
    allowed.side = 65000;
    refuses([&] { image::decode_jpeg(file, "bomb.jpg", allowed); }, "bomb.jpg", "more than the limit of 100000000 pixels");
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
