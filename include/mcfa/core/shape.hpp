// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/view.hpp>

#include <cstddef>
#include <string>

namespace mcfa {

/// Size of one sample's activation. Structural, so that it can be a template argument and appear in messages.
/// Memory order everywhere in the library is channels last: element (y, x, c) stands at (y * width + x) * channels + c.
struct shape {
    int channels = 0;
    int height = 1;
    int width = 1;

    constexpr std::size_t size() const { return static_cast<std::size_t>(channels) * height * width; }
    constexpr int pixels() const { return height * width; }
    constexpr bool is_vector() const { return height == 1 && width == 1; }
    friend constexpr bool operator==(shape, shape) = default;
};

/// Shape of one sample of a batch.
template <class T>
constexpr shape sample_shape(planes<T> const& batch) {
    return {int(batch.extent(3)), int(batch.extent(1)), int(batch.extent(2))};
}
/// A batch of samples of this shape.
template <class T, class Count>
constexpr planes<T> batch_of(T* values, Count batch, shape s) {
    return {values, batch, s.height, s.width, s.channels};
}

/// "channels x height x width", the order in which PyTorch prints it.
inline std::string to_string(shape s) {
    return std::to_string(s.channels) + "x" + std::to_string(s.height) + "x" + std::to_string(s.width);
}

} // namespace mcfa
