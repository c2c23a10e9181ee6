// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>

namespace mcfa {

/// Size of one sample's activation. Structural, so that it can be a template argument and appear in messages.
/// Memory order everywhere in the library is channels last: element (y, x, c) stands at (y * width + x) * channels + c.
struct shape {
    int channels = 0;
    int height = 1;
    int width = 1;

    constexpr std::size_t size() const {
        return static_cast<std::size_t>(channels) * static_cast<std::size_t>(height) * static_cast<std::size_t>(width);
    }
    constexpr int pixels() const { return height * width; }
    constexpr bool is_vector() const { return height == 1 && width == 1; }
    friend constexpr bool operator==(shape, shape) = default;
};

/// "channels x height x width", the order in which PyTorch prints it.
inline std::string to_string(shape s) {
    return std::to_string(s.channels) + "x" + std::to_string(s.height) + "x" + std::to_string(s.width);
}

} // namespace mcfa
