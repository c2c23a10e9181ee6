// SPDX-License-Identifier: MIT
#include "files.hpp"

#include <mcfa/image/codec/encode_png.hpp>
#include <mcfa/image/codec/png.hpp>

#include <zlib.h>

#include <string>
#include <utility>

using namespace mcfa;

namespace {

/// A PNG of any kind, from the row bytes that the format defines, straight from libpng.
struct png_maker {
    int depth = 8, colour_type = PNG_COLOR_TYPE_RGB;
    bool interlaced = false;
    std::vector<png_color> palette = {};
    bytes palette_alpha = {};
    bytes exif = {};
    double gamma = 0;                                           ///< of a gAMA chunk, if above 0
    std::vector<std::pair<char const*, std::string>> text = {}; ///< keywords and texts
    bool compressed = false;                                    ///< zTXt in place of tEXt

    bytes operator()(std::vector<bytes> rows, int width) const {
        bytes out;
        auto* codec = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
        auto* info = png_create_info_struct(codec);
        png_set_write_fn(
            codec, &out,
            [](png_structp p, png_bytep data, std::size_t n) {
                auto* all = static_cast<bytes*>(png_get_io_ptr(p));
                all->insert(all->end(), data, data + n);
            },
            nullptr);
        png_set_IHDR(codec, info, static_cast<png_uint_32>(width), static_cast<png_uint_32>(rows.size()), depth, colour_type,
                     interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
        if (!palette.empty()) png_set_PLTE(codec, info, palette.data(), static_cast<int>(palette.size()));
        if (!palette_alpha.empty()) png_set_tRNS(codec, info, palette_alpha.data(), static_cast<int>(palette_alpha.size()), nullptr);
        auto block = exif;
        if (!block.empty()) png_set_eXIf_1(codec, info, static_cast<png_uint_32>(block.size()), block.data());
        if (gamma > 0) png_set_gAMA(codec, info, gamma);
        auto texts = text;
        for (auto& [keyword, content] : texts) {
            png_text one{};
            std::string key = keyword;
            one.compression = compressed ? PNG_TEXT_COMPRESSION_zTXt : PNG_TEXT_COMPRESSION_NONE;
            one.key = key.data(), one.text = content.data(), one.text_length = content.size();
            png_set_text(codec, info, &one, 1);
        }
        std::vector<png_bytep> starts;
        for (auto& row : rows) starts.push_back(row.data());
        png_set_rows(codec, info, starts.data());
        png_write_png(codec, info, PNG_TRANSFORM_IDENTITY, nullptr);
        png_destroy_write_struct(&codec, &info);
        return out;
    }
};

void expect_pixel(image::pixels const& photo, int y, int x, int red, int green, int blue) {
    BOOST_TEST(int{photo(y, x, 0)} == red);
    BOOST_TEST(int{photo(y, x, 1)} == green);
    BOOST_TEST(int{photo(y, x, 2)} == blue);
}

/// Changes the header and mends its checksum.
bytes with_size(bytes file, std::uint32_t height, std::uint32_t width) {
    for (int i = 0; i < 4; ++i) {
        file[static_cast<std::size_t>(16 + i)] = static_cast<std::uint8_t>(width >> (24 - 8 * i));
        file[static_cast<std::size_t>(20 + i)] = static_cast<std::uint8_t>(height >> (24 - 8 * i));
    }
    auto const sum = crc32(0, file.data() + 12, 17);
    for (int i = 0; i < 4; ++i) file[static_cast<std::size_t>(29 + i)] = static_cast<std::uint8_t>(sum >> (24 - 8 * i));
    return file;
}

} // namespace

BOOST_AUTO_TEST_SUITE(png)

BOOST_AUTO_TEST_CASE(colour_is_exact_interlaced_or_not) {
    auto const photo = ramp(13, 21);
    std::vector<bytes> rows;
    for (int y = 0; y < 13; ++y) rows.emplace_back(photo.data() + y * 63, photo.data() + (y + 1) * 63);
    for (bool interlaced : {false, true}) {
        png_maker make;
        make.interlaced = interlaced;
        BOOST_TEST(greatest_difference(image::decode_png(make(rows, 21), "a"), photo) == 0);
    }
}

BOOST_AUTO_TEST_CASE(grey_of_any_depth_becomes_rgb) {
    expect_pixel(image::decode_png(png_maker{8, PNG_COLOR_TYPE_GRAY}({{40, 200}}, 2), "a"), 0, 1, 200, 200, 200);
    expect_pixel(image::decode_png(png_maker{1, PNG_COLOR_TYPE_GRAY}({{0x40}}, 2), "a"), 0, 1, 255, 255, 255);
    expect_pixel(image::decode_png(png_maker{16, PNG_COLOR_TYPE_GRAY}({{0x80, 0x80, 0xff, 0xff}}, 2), "a"), 0, 0, 128, 128, 128);
}

BOOST_AUTO_TEST_CASE(sixteen_bits_become_eight) {
    // 0x1234 / 65535 * 255 = 18.1, 0xff00 -> 254.0, 0x80ff -> 128.5
    expect_pixel(image::decode_png(png_maker{16, PNG_COLOR_TYPE_RGB}({{0x12, 0x34, 0xff, 0x00, 0x7f, 0xff}}, 1), "a"), 0, 0, 18, 254, 127);
}

BOOST_AUTO_TEST_CASE(transparency_is_composed_on_white) {
    auto const photo =
        image::decode_png(png_maker{8, PNG_COLOR_TYPE_RGB_ALPHA}({{10, 20, 30, 255, 10, 20, 30, 0, 0, 100, 255, 51}}, 3), "a");
    expect_pixel(photo, 0, 0, 10, 20, 30);
    expect_pixel(photo, 0, 1, 255, 255, 255);
    expect_pixel(photo, 0, 2, 204, 224, 255); // a fifth of the colour
    expect_pixel(image::decode_png(png_maker{8, PNG_COLOR_TYPE_GRAY_ALPHA}({{100, 51}}, 1), "a"), 0, 0, 224, 224, 224);
}

BOOST_AUTO_TEST_CASE(palettes_become_rgb) {
    png_maker make{4, PNG_COLOR_TYPE_PALETTE};
    make.palette = {{1, 2, 3}, {250, 0, 9}, {7, 8, 9}};
    auto const photo = image::decode_png(make({{0x01, 0x20}}, 3), "a");
    expect_pixel(photo, 0, 0, 1, 2, 3);
    expect_pixel(photo, 0, 1, 250, 0, 9);
    expect_pixel(photo, 0, 2, 7, 8, 9);
    make.palette_alpha = {255, 0};
    expect_pixel(image::decode_png(make({{0x01, 0x20}}, 3), "a"), 0, 1, 255, 255, 255);
}

BOOST_AUTO_TEST_CASE(an_exif_chunk_turns_the_photo) {
    png_maker make{8, PNG_COLOR_TYPE_GRAY};
    make.exif = {'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0};
    auto const photo = image::decode_png(make({{10, 20, 30}}, 3), "a"); // orientation 6: the left of the stored photo is the top
    BOOST_TEST(image::height(photo) == 3);
    expect_pixel(photo, 0, 0, 10, 10, 10);
    expect_pixel(photo, 2, 0, 30, 30, 30);
}

BOOST_AUTO_TEST_CASE(an_exif_profile_in_a_text_chunk_turns_the_photo) {
    std::string const hex = "4d4d002a000000080001\n01120003000000010006\n000000000000"; // orientation 6, as above
    for (bool compressed : {false, true})
        for (char const* keyword : {"Raw profile type exif", "Raw profile type APP1"})
            for (std::string const start : {"", "457869660000"}) {
                png_maker make{8, PNG_COLOR_TYPE_GRAY};
                make.compressed = compressed;
                make.text = {{"Comment", "\nexif\n      26\n00"}, {keyword, "\nexif\n      26\n" + start + hex + "\n"}};
                auto const photo = image::decode_png(make({{10, 20, 30}}, 3), "a");
                BOOST_TEST(image::height(photo) == 3);
                make.text[1].second = "\nexif\n";
                BOOST_TEST(image::height(image::decode_png(make({{10, 20, 30}}, 3), "a")) == 1);
            }
}

BOOST_AUTO_TEST_CASE(values_are_taken_as_stored_whatever_the_gamma) {
    for (double gamma : {0.0, 1.0, 0.45455, 0.2})
        for (int depth : {8, 16}) {
            png_maker make{depth, PNG_COLOR_TYPE_RGB};
            make.gamma = gamma;
            bytes const row = depth == 8 ? bytes{18, 254, 127} : bytes{0x12, 0x34, 0xff, 0x00, 0x7f, 0xff};
            expect_pixel(image::decode_png(make({row}, 1), "a"), 0, 0, 18, 254, 127);
            png_maker clear{8, PNG_COLOR_TYPE_RGB_ALPHA};
            clear.gamma = gamma;
            expect_pixel(image::decode_png(clear({{0, 100, 255, 51}}, 1), "a"), 0, 0, 204, 224, 255);
        }
}

BOOST_AUTO_TEST_CASE(a_cut_anywhere_is_an_error) {
    auto const whole = image::encode_png(ramp(60, 60));
    for (std::size_t size = 8; size < whole.size(); ++size)
        refuses([&] { image::decode_png(std::span(whole).first(size), "cut.png"); }, "cut.png", "not a whole PNG");
}

BOOST_AUTO_TEST_CASE(a_wrong_checksum_is_an_error) {
    auto file = image::encode_png(ramp(60, 60));
    file[file.size() / 2] ^= 1;
    refuses([&] { image::decode_png(file, "bad.png"); }, "bad.png", "not a whole PNG");
}

BOOST_AUTO_TEST_CASE(a_huge_size_in_the_header_is_refused_before_decoding) {
    auto const small = image::encode_png(ramp(4, 4));
    refuses([&] { image::decode_png(with_size(small, 10, 2'000'000'000), "bomb.png"); }, "bomb.png",
            "larger than the limit of 65500 pixels a side");
    refuses([&] { image::decode_png(with_size(small, 16000, 16000), "bomb.png"); }, "bomb.png", "more than the limit of 100000000 pixels");
    refuses([&] { image::decode_png(with_size(small, 0, 4), "bomb.png"); }, "bomb.png", "not a whole PNG");
}

BOOST_AUTO_TEST_CASE(a_size_that_the_file_cannot_hold_is_refused_before_memory_is_taken) {
    auto const small = image::encode_png(ramp(4, 4));
    refuses([&] { image::decode_png(with_size(small, 10000, 10000), "bomb.png"); }, "bomb.png",
            "10000x10000 pixels take at least 290707 bytes, the file has ");
    png_maker const grey{1, PNG_COLOR_TYPE_GRAY}; // the most that deflate can do is still read
    BOOST_TEST(image::height(image::decode_png(grey(std::vector<bytes>(4000, bytes(500, 255)), 4000), "white.png")) == 4000);
}

BOOST_AUTO_TEST_SUITE_END()
