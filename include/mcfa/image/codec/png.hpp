// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/image/codec/limits.hpp>
#include <mcfa/image/codec/png_chunks.hpp>
#include <mcfa/image/image.hpp>

#include <png.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mcfa::image {

/// A PNG as RGB. Grey and palettes become RGB, 16 bits become 8, interlaced files are read whole, the orientation of an eXIf chunk or of a text chunk
/// with an EXIF profile is applied, and transparency is composed on white: value = alpha * colour + (1 - alpha) * 255, on the stored values.
/// Memory: the file once more, 3 bytes a pixel, 6 if the photo is turned, 4 more with transparency.
/// Throws `file_error`, which begins with `name`, on damaged or truncated data and beyond the limits.
inline pixels decode_png(std::span<std::uint8_t const> bytes, std::string const& name, limits const& allowed = {}) {
    auto refuse = [&](std::string_view why) { return file_error(name, {"not a whole PNG (", why, ")"}); };
    auto const chunks = png_chunks::of(bytes);
    if (chunks.height == 0 || chunks.width == 0) throw refuse("no header with a size");
    check_size(name, chunks.height, chunks.width, allowed);
    // Deflate shrinks by at most 1032 to 1, so the memory of a photo is bounded by its file.
    std::uint64_t const row = (std::uint64_t{chunks.width} * static_cast<std::uint64_t>(chunks.channels() * chunks.depth) + 7) / 8 + 1;
    std::uint64_t const least = chunks.height * row / 1032;
    if (least > bytes.size())
        throw file_error(name, {"not a whole PNG (", chunks.width, "x", chunks.height, " pixels take at least ", least,
                                " bytes, the file has ", bytes.size(), ")"});
    if (!chunks.ended) throw refuse("no end chunk");

    png_image codec{};
    codec.version = PNG_IMAGE_VERSION;
    std::unique_ptr<png_image, void (*)(png_image*)> const released(&codec, png_image_free);
    if (!png_image_begin_read_from_memory(&codec, chunks.pixels.data(), chunks.pixels.size())) throw refuse(codec.message);
    codec.flags |= PNG_IMAGE_FLAG_16BIT_sRGB; // else 16 bits are taken for linear light
    bool const has_alpha = (codec.format & PNG_FORMAT_FLAG_ALPHA) != 0;
    codec.format = has_alpha ? PNG_FORMAT_RGBA : PNG_FORMAT_RGB;
    pixels photo = blank(static_cast<int>(chunks.height), static_cast<int>(chunks.width));
    std::vector<std::uint8_t> with_alpha(has_alpha ? photo.size() / 3 * 4 : 0);
    if (!png_image_finish_read(&codec, nullptr, has_alpha ? with_alpha.data() : photo.data(), 0, nullptr)) throw refuse(codec.message);
    for (std::size_t i = 0; i < with_alpha.size() / 4; ++i) {
        std::uint8_t const* in = with_alpha.data() + 4 * i;
        for (std::size_t c = 0; c < 3; ++c)
            photo.data()[3 * i + c] = static_cast<std::uint8_t>((in[3] * in[c] + (255 - in[3]) * 255 + 127) / 255);
    }
    return upright(std::move(photo), chunks.orientation);
}

} // namespace mcfa::image
