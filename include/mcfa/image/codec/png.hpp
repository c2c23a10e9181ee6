// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/image/codec/exif.hpp>
#include <mcfa/image/codec/limits.hpp>
#include <mcfa/image/image.hpp>

#include <png.h>

#include <csetjmp>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <new>
#include <span>
#include <string>
#include <vector>

namespace mcfa::image {

/// One PNG being read. Each step returns false on an error, whose text is then in `message`.
/// libpng jumps out of its functions on an error, so the steps have plain locals only.
class png_input {
public:
    png_structp codec = nullptr;
    png_infop info = nullptr;
    char message[160]{};

    explicit png_input(std::span<std::uint8_t const> bytes) : bytes_(bytes) {
        codec = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, fail, [](png_structp, png_const_charp) {});
        info = codec ? png_create_info_struct(codec) : nullptr;
        if (!info) {
            png_destroy_read_struct(&codec, nullptr, nullptr);
            throw std::bad_alloc();
        }
    }
    ~png_input() { png_destroy_read_struct(&codec, &info, nullptr); }
    png_input(png_input const&) = delete;
    png_input& operator=(png_input const&) = delete;

    bool read_header() {
        if (setjmp(png_jmpbuf(codec))) return false;
        png_set_read_fn(codec, this, give);
        png_set_user_limits(codec, 0x7fffffff, 0x7fffffff); // the caller's limits are checked right after
        png_read_info(codec, info);
        return true;
    }

    std::uint32_t height() const { return png_get_image_height(codec, info); }
    std::uint32_t width() const { return png_get_image_width(codec, info); }

    /// Asks for 8-bit RGB, or RGBA where the file has transparency; `channels` tells which.
    bool choose_format() {
        if (setjmp(png_jmpbuf(codec))) return false;
        png_set_expand(codec); // palette to RGB, 1, 2, 4 bits to 8, tRNS to alpha
        png_set_scale_16(codec);
        png_set_gray_to_rgb(codec);
        png_set_interlace_handling(codec);
        png_read_update_info(codec, info);
        channels = png_get_channels(codec, info);
        return true;
    }

    bool read_pixels(png_bytepp rows) {
        if (setjmp(png_jmpbuf(codec))) return false;
        png_read_image(codec, rows);
        png_read_end(codec, info); // up to the end chunk, so that a missing end is seen
        return true;
    }

    int orientation() {
#ifdef PNG_eXIf_SUPPORTED
        png_uint_32 length = 0;
        png_bytep block = nullptr;
        if (png_get_eXIf_1(codec, info, &length, &block)) return exif_orientation({block, length});
#endif
        return 1;
    }

    int channels = 0;

private:
    [[noreturn]] static void fail(png_structp codec, png_const_charp text) {
        auto* self = static_cast<png_input*>(png_get_error_ptr(codec));
        std::snprintf(self->message, sizeof self->message, "%s", text);
        png_longjmp(codec, 1);
    }

    static void give(png_structp codec, png_bytep out, std::size_t count) {
        auto* self = static_cast<png_input*>(png_get_io_ptr(codec));
        if (count > self->bytes_.size()) png_error(codec, "premature end of file");
        std::memcpy(out, self->bytes_.data(), count);
        self->bytes_ = self->bytes_.subspan(count);
    }

    std::span<std::uint8_t const> bytes_;
};

/// Throws `file_error` if the file is too short for the pixels that its header claims: deflate shrinks by at most 1032 to 1. So the memory of a
/// photo is bounded by its file. Takes the first 29 bytes on trust: libpng has read the header.
inline void check_png_holds(std::span<std::uint8_t const> bytes, std::string const& name, std::uint64_t height, std::uint64_t width) {
    std::uint64_t const depth = bytes[24], kind = bytes[25]; // colour type: 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGBA
    std::uint64_t const channels = kind == 2 ? 3 : kind == 4 ? 2 : kind == 6 ? 4 : 1;
    std::uint64_t const raw = height * ((width * channels * depth + 7) / 8 + 1), least = raw / 1032;
    if (least > bytes.size())
        throw file_error(
            name, {"not a whole PNG (", width, "x", height, " pixels take at least ", least, " bytes, the file has ", bytes.size(), ")"});
}

/// A PNG as RGB. Grey and palettes become RGB, 16 bits become 8, interlaced files are read whole, an eXIf chunk's orientation
/// is applied, and transparency is composed on white: value = alpha * colour + (1 - alpha) * 255, on the stored values.
/// Throws `file_error`, which begins with `name`, on damaged or truncated data and beyond the limits.
inline pixels decode_png(std::span<std::uint8_t const> bytes, std::string const& name, limits const& allowed = {}) {
    png_input input(bytes);
    auto refuse = [&] { return file_error(name, {"not a whole PNG (", input.message, ")"}); };
    if (!input.read_header()) throw refuse();
    check_size(name, input.height(), input.width(), allowed);
    check_png_holds(bytes, name, input.height(), input.width());
    if (!input.choose_format()) throw refuse();

    std::size_t const h = input.height(), w = input.width(), channels = static_cast<std::size_t>(input.channels);
    pixels photo = blank(static_cast<int>(h), static_cast<int>(w));
    std::vector<std::uint8_t> with_alpha(channels == 4 ? h * w * 4 : 0);
    std::uint8_t* const first = channels == 4 ? with_alpha.data() : photo.data();
    std::vector<png_bytep> rows(h);
    for (std::size_t y = 0; y < h; ++y) rows[y] = first + y * w * channels;
    if (!input.read_pixels(rows.data())) throw refuse();

    for (std::size_t i = 0; i < with_alpha.size() / 4; ++i) {
        std::uint8_t const* in = with_alpha.data() + 4 * i;
        for (std::size_t c = 0; c < 3; ++c)
            photo.data()[3 * i + c] = static_cast<std::uint8_t>((in[3] * in[c] + (255 - in[3]) * 255 + 127) / 255);
    }
    return upright(std::move(photo), input.orientation());
}

} // namespace mcfa::image
