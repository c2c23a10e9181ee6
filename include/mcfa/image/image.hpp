// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/array.hpp>
#include <mcfa/core/error.hpp>
#include <mcfa/core/raise.hpp>

#include <cstddef>
#include <cstdint>

namespace mcfa::image {

/// A photo: shape (height, width, 3), red, green, blue, 0 to 255, as stored in the file (no change of colour space).
using pixels = array<std::uint8_t, 3>;

/// Red, green, blue and an unused fourth value: one vector register on every current processor.
using wide_pixel = float __attribute__((vector_size(16)));

inline int height(pixels const& photo) { return static_cast<int>(photo.shape()[0]); }
inline int width(pixels const& photo) { return static_cast<int>(photo.shape()[1]); }

/// Throws `shape_error`, which begins with `taker`, unless the array has three channels: another count would be read past its end.
inline void check_channels(pixels const& photo, char const* taker) {
    if (photo.shape()[2] != 3)
        raise(shape_error({taker, ": an array of ", photo.shape()[0], " x ", photo.shape()[1], " x ", photo.shape()[2],
                           ", expected height x width x 3 (red, green, blue)"}));
}

/// A photo of the given size; its values are not set.
inline pixels blank(int height, int width) {
    return pixels(pixels::shape_type{static_cast<std::size_t>(height), static_cast<std::size_t>(width), 3});
}

/// Gives a photo another size; its values are not set. Nothing is allocated where it has that size already.
inline void reshape(pixels& photo, int height, int width) {
    photo.resize(pixels::shape_type{static_cast<std::size_t>(height), static_cast<std::size_t>(width), 3});
}

/// A photo of one colour.
inline pixels blank(int height, int width, std::uint8_t red, std::uint8_t green, std::uint8_t blue) {
    pixels photo = blank(height, width);
    for (std::size_t i = 0; i < photo.size(); i += 3) {
        photo.data()[i] = red;
        photo.data()[i + 1] = green;
        photo.data()[i + 2] = blue;
    }
    return photo;
}

} // namespace mcfa::image
