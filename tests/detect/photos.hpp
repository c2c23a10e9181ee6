// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/random.hpp>
#include <mcfa/image/image.hpp>

#include <cstdint>

/// A photo of noise with some large-scale light and shade.
inline mcfa::image::pixels noise(int height, int width, std::uint64_t key = 1) {
    auto photo = mcfa::image::blank(height, width);
    mcfa::random_stream random{key};
    for (std::size_t i = 0; i < photo.size(); ++i)
        photo.data()[i] = static_cast<std::uint8_t>(random.below(128) + (i / 3 % static_cast<std::size_t>(width) / 16 % 2) * 127);
    return photo;
}
