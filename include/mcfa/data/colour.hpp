#pragma once

#include <mcfa/core/random.hpp>
#include <mcfa/data/sampling.hpp>

#include <algorithm>
#include <cstddef>
#include <span>

namespace mcfa::data {

/// Grey of a pixel, by the weights of Rec. 601.
constexpr float grey(float red, float green, float blue) { return 0.299f * red + 0.587f * green + 0.114f * blue; }

/// Changes saturation, contrast and brightness of a window (RGB, 0 to 255) at random and clamps it to 0 to 255.
/// Pixels that are exactly black stay black: so is the outside of a photo, in training as in use.
inline void jitter_colour(random_stream& random, sampling const& options, std::span<float> window) {
    auto factor = [&](float range) { return static_cast<float>(random.uniform(1 - range, 1 + range)); };
    float const brightness = factor(options.brightness), contrast = factor(options.contrast), saturation = factor(options.saturation);
    double sum = 0;
    for (std::size_t i = 0; i < window.size(); i += 3) sum += grey(window[i], window[i + 1], window[i + 2]);
    float const mean = static_cast<float>(sum / static_cast<double>(window.size() / 3));
    for (std::size_t i = 0; i < window.size(); i += 3) {
        float* const p = &window[i];
        if (p[0] == 0 && p[1] == 0 && p[2] == 0) continue;
        float const own = grey(p[0], p[1], p[2]);
        for (int k = 0; k < 3; ++k) {
            float const saturated = own + saturation * (p[k] - own);
            p[k] = std::clamp(brightness * (mean + contrast * (saturated - mean)), 0.0f, 255.0f);
        }
    }
}

/// Share of a window's pixels that are black or nearly so, as the padding of aligned photos is. 0 to 1.
inline float dark_share(std::span<float const> window) {
    std::size_t dark = 0;
    for (std::size_t i = 0; i < window.size(); i += 3) dark += std::max({window[i], window[i + 1], window[i + 2]}) < 10;
    return static_cast<float>(dark) / static_cast<float>(window.size() / 3);
}

} // namespace mcfa::data
