// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/image/image.hpp>

#include <png.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace mcfa::image {

/// The bytes of an 8-bit RGB PNG. Throws `error` if libpng refuses the photo.
inline std::vector<std::uint8_t> encode_png(pixels const& photo) {
    png_image codec{};
    codec.version = PNG_IMAGE_VERSION;
    codec.width = static_cast<png_uint_32>(width(photo));
    codec.height = static_cast<png_uint_32>(height(photo));
    codec.format = PNG_FORMAT_RGB;
    std::unique_ptr<png_image, void (*)(png_image*)> const released(&codec, png_image_free);
    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(codec);
    std::vector<std::uint8_t> bytes(size);
    if (!png_image_write_to_memory(&codec, bytes.data(), &size, 0, photo.data(), 0, nullptr)) throw error({"no PNG (", codec.message, ")"});
    bytes.resize(size);
    return bytes;
}

} // namespace mcfa::image
