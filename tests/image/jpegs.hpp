// SPDX-License-Identifier: MIT
#pragma once

// clang-format off: jpeglib.h needs it first
#include <cstdio>
#include <jpeglib.h>
// clang-format on

#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

/// A JPEG of any colour space, straight from libjpeg: `in` is height x width x channels.
struct jpeg_maker {
    J_COLOR_SPACE in = JCS_RGB, stored = JCS_YCbCr;
    int channels = 3;
    bool adobe = false, progressive = false;
    int luma_across = 2, luma_down = 2;  ///< sampling factors of the first component of three
    std::vector<std::uint8_t> exif = {}; ///< content of an APP1 segment, if any

    std::vector<std::uint8_t> operator()(std::vector<std::uint8_t> pixels, int height, int width) const {
        jpeg_compress_struct codec{};
        jpeg_error_mgr errors{};
        codec.err = jpeg_std_error(&errors);
        jpeg_create_compress(&codec);
        unsigned char* data = nullptr;
        unsigned long size = 0;
        jpeg_mem_dest(&codec, &data, &size);
        codec.image_height = static_cast<JDIMENSION>(height);
        codec.image_width = static_cast<JDIMENSION>(width);
        codec.input_components = channels;
        codec.in_color_space = in;
        jpeg_set_defaults(&codec);
        jpeg_set_colorspace(&codec, stored);
        if (channels == 3) codec.comp_info[0].h_samp_factor = luma_across, codec.comp_info[0].v_samp_factor = luma_down;
        codec.write_Adobe_marker = adobe ? TRUE : FALSE;
        jpeg_set_quality(&codec, 97, TRUE);
        if (progressive) jpeg_simple_progression(&codec);
        jpeg_start_compress(&codec, TRUE);
        if (!exif.empty()) jpeg_write_marker(&codec, JPEG_APP0 + 1, exif.data(), static_cast<unsigned>(exif.size()));
        for (int y = 0; y < height; ++y) {
            JSAMPROW row =
                pixels.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(width) * static_cast<std::size_t>(channels);
            jpeg_write_scanlines(&codec, &row, 1);
        }
        jpeg_finish_compress(&codec);
        std::vector<std::uint8_t> out(data, data + size);
        jpeg_destroy_compress(&codec);
        std::free(data);
        return out;
    }
};
