// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/image/image.hpp>

#include <png.h>

#include <csetjmp>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <new>
#include <string>
#include <vector>

namespace mcfa::image {

/// One PNG being written; `write` returns false on an error, whose text is then in `message`.
class png_output {
public:
    std::vector<std::uint8_t> bytes;
    char message[160]{};

    png_output() {
        codec_ = png_create_write_struct(PNG_LIBPNG_VER_STRING, this, fail, [](png_structp, png_const_charp) {});
        info_ = codec_ ? png_create_info_struct(codec_) : nullptr;
        if (!info_) {
            png_destroy_write_struct(&codec_, nullptr);
            throw std::bad_alloc();
        }
    }
    ~png_output() { png_destroy_write_struct(&codec_, &info_); }
    png_output(png_output const&) = delete;
    png_output& operator=(png_output const&) = delete;

    bool write(std::uint8_t const* photo, std::uint32_t height, std::uint32_t width) {
        if (setjmp(png_jmpbuf(codec_))) return false;
        png_set_write_fn(codec_, this, take, [](png_structp) {});
        png_set_IHDR(codec_, info_, width, height, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                     PNG_FILTER_TYPE_DEFAULT);
        png_write_info(codec_, info_);
        for (std::size_t y = 0; y < height; ++y) png_write_row(codec_, photo + y * width * 3);
        png_write_end(codec_, info_);
        return true;
    }

private:
    [[noreturn]] static void fail(png_structp codec, png_const_charp text) {
        auto* self = static_cast<png_output*>(png_get_error_ptr(codec));
        std::snprintf(self->message, sizeof self->message, "%s", text);
        png_longjmp(codec, 1);
    }

    bool append(png_bytep data, std::size_t count) {
        try {
            bytes.insert(bytes.end(), data, data + count);
            return true;
        } catch (std::exception const&) { // must not travel through libpng
            return false;
        }
    }

    static void take(png_structp codec, png_bytep data, std::size_t count) {
        if (!static_cast<png_output*>(png_get_io_ptr(codec))->append(data, count)) png_error(codec, "out of memory");
    }

    png_structp codec_ = nullptr;
    png_infop info_ = nullptr;
};

/// The bytes of an 8-bit RGB PNG. Throws `error` where libpng refuses the photo.
inline std::vector<std::uint8_t> encode_png(pixels const& photo) {
    png_output output;
    if (!output.write(photo.data(), static_cast<std::uint32_t>(height(photo)), static_cast<std::uint32_t>(width(photo))))
        throw error(std::string("no PNG (") + output.message + ")");
    return std::move(output.bytes);
}

} // namespace mcfa::image
