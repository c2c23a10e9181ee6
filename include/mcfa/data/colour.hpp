// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/random.hpp>
#include <mcfa/data/sampling.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

namespace mcfa::data {

/// Grey of a pixel, by the weights of Rec. 601.
constexpr float grey(float red, float green, float blue) { return 0.299f * red + 0.587f * green + 0.114f * blue; }

/// Sums of red, green and blue. Twelve partial sums, four of each colour, so that four pixels are added at a time.
inline std::array<double, 3> channel_sums(std::span<float const> window) {
    constexpr std::size_t block = 12, blocks_in_float = 256; // after that many additions float would lose digits
    std::array<double, 3> sums{};
    std::size_t i = 0;
    while (i + block <= window.size()) {
        std::array<float, block> part{};
        for (std::size_t n = 0; n < blocks_in_float && i + block <= window.size(); ++n, i += block)
            for (std::size_t k = 0; k < block; ++k) part[k] += window[i + k];
        for (std::size_t k = 0; k < block; ++k) sums[k % 3] += static_cast<double>(part[k]);
    }
    for (; i < window.size(); ++i) sums[i % 3] += static_cast<double>(window[i]);
    return sums;
}

/// Changes saturation, contrast and brightness of a window (RGB, 0 to 255) at random and clamps it to 0 to 255.
/// Pixels that are exactly black stay black: so is the outside of a photo, in training as in use.
inline void jitter_colour(random_stream& random, sampling const& options, std::span<float> window) {
    auto factor = [&](float range) { return static_cast<float>(random.uniform(1 - range, 1 + range)); };
    float const brightness = factor(options.brightness), contrast = factor(options.contrast), saturation = factor(options.saturation);
    std::array<double, 3> const sum = channel_sums(window);
    float const mean =
        grey(static_cast<float>(sum[0]), static_cast<float>(sum[1]), static_cast<float>(sum[2])) / static_cast<float>(window.size() / 3);
    // brightness * (mean + contrast * (own + saturation * (p - own) - mean)), as a sum of what depends on mean, grey and value
    float const constant = brightness * (1 - contrast) * mean, of_grey = brightness * contrast * (1 - saturation),
                of_value = brightness * contrast * saturation;
    for (std::size_t i = 0; i < window.size(); i += 3) {
        float* const p = &window[i];
        float const own = grey(p[0], p[1], p[2]);
        float const base = (own > 0 ? constant : 0) + of_grey * own; // values are not negative, so only black has a grey of 0
        for (int k = 0; k < 3; ++k) p[k] = std::min(std::max(base + of_value * p[k], 0.0f), 255.0f);
    }
}

/// Share of a window's pixels that are black or nearly so, as the padding of aligned photos is. 0 to 1.
inline float dark_share(std::span<float const> window) {
    std::size_t dark = 0;
    for (std::size_t i = 0; i < window.size(); i += 3) dark += std::max({window[i], window[i + 1], window[i + 2]}) < 10;
    return static_cast<float>(dark) / static_cast<float>(window.size() / 3);
}

} // namespace mcfa::data
