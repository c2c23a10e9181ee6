// SPDX-License-Identifier: MIT
#include "files.hpp"
#include "jpegs.hpp"

#include <mcfa/image/codec/exif.hpp>
#include <mcfa/image/codec/jpeg.hpp>

using namespace mcfa;

namespace {

/// A TIFF directory with two entries, the second of which is the orientation.
bytes tiff(int orientation, bool little, unsigned type = 3, int length = 2) {
    bytes out{static_cast<std::uint8_t>(little ? 'I' : 'M'), static_cast<std::uint8_t>(little ? 'I' : 'M')};
    auto put = [&](unsigned value, int count) {
        for (int i = 0; i < count; ++i) out.push_back(static_cast<std::uint8_t>(value >> 8 * (little ? i : count - 1 - i)));
    };
    put(42, 2), put(8, 4), put(2, 2);
    put(0x010f, 2), put(2, 2), put(3, 4), put(0, 4);
    put(0x0112, 2), put(type, 2), put(1, 4), put(static_cast<unsigned>(orientation), length), put(0, 4 - length);
    put(0, 4);
    return out;
}

/// What the camera stores of an upright photo, from the standard's words for row 0 and column 0 of the stored photo.
image::pixels stored(image::pixels const& up, int orientation) {
    int const h = image::height(up), w = image::width(up);
    auto out = orientation >= 5 ? image::blank(w, h) : image::blank(h, w);
    for (int y = 0; y < image::height(out); ++y)
        for (int x = 0; x < image::width(out); ++x) {
            int row = 0, column = 0;
            switch (orientation) {
            case 1:
                row = y, column = x;
                break; // top, left
            case 2:
                row = y, column = w - 1 - x;
                break; // top, right
            case 3:
                row = h - 1 - y, column = w - 1 - x;
                break; // bottom, right
            case 4:
                row = h - 1 - y, column = x;
                break; // bottom, left
            case 5:
                row = x, column = y;
                break; // left, top
            case 6:
                row = x, column = w - 1 - y;
                break; // right, top
            case 7:
                row = h - 1 - x, column = w - 1 - y;
                break; // right, bottom
            case 8:
                row = h - 1 - x, column = y;
                break; // left, bottom
            }
            for (int c = 0; c < 3; ++c) out(y, x, c) = up(row, column, c);
        }
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(exif)

BOOST_AUTO_TEST_CASE(orientation_is_found_in_both_byte_orders) {
    for (bool little : {true, false}) {
        for (int o = 1; o <= 8; ++o) BOOST_TEST(image::exif_orientation(tiff(o, little)) == o);
        BOOST_TEST(image::exif_orientation(tiff(0, little)) == 1);
        BOOST_TEST(image::exif_orientation(tiff(9, little)) == 1);
        auto const whole = tiff(6, little);
        for (std::size_t size = 0; size < 34; ++size) // up to the end of the entry
            BOOST_TEST(image::exif_orientation(std::span(whole).first(size)) == 1);
        auto far = whole;
        for (std::size_t i = 4; i < 8; ++i) far[i] = 0xff;
        BOOST_TEST(image::exif_orientation(far) == 1);
    }
}

BOOST_AUTO_TEST_CASE(every_orientation_comes_upright) {
    auto const up = ramp(24, 40);
    for (int o = 1; o <= 8; ++o) BOOST_TEST(greatest_difference(image::upright(stored(up, o), o), up) == 0, "orientation " << o);
}

BOOST_AUTO_TEST_CASE(a_jpeg_is_turned_by_its_segment) {
    auto const up = ramp(24, 40);
    for (int o = 1; o <= 8; ++o) {
        auto const camera = stored(up, o);
        jpeg_maker make;
        make.exif = {'E', 'x', 'i', 'f', 0, 0};
        auto const block = tiff(o, o % 2 == 0);
        make.exif.insert(make.exif.end(), block.begin(), block.end());
        auto const photo =
            image::decode_jpeg(make({camera.data(), camera.data() + camera.size()}, image::height(camera), image::width(camera)), "a");
        BOOST_TEST(greatest_difference(photo, up) <= 16, "orientation " << o);
    }
}

BOOST_AUTO_TEST_CASE(an_orientation_of_any_whole_number_type_is_read) {
    struct form {
        unsigned type;
        int length;
    };
    for (bool little : {false, true}) {
        for (form const f : {form{1, 1}, {3, 2}, {4, 4}, {6, 1}, {8, 2}, {9, 4}})
            for (int orientation : {3, 6, 8})
                BOOST_TEST(image::exif_orientation(tiff(orientation, little, f.type, f.length)) == orientation);
        for (form const f : {form{2, 1}, {5, 4}, {11, 4}}) BOOST_TEST(image::exif_orientation(tiff(6, little, f.type, f.length)) == 1);
        BOOST_TEST(image::exif_orientation(tiff(70000, little, 4, 4)) == 1);
    }
}

BOOST_AUTO_TEST_SUITE_END()
