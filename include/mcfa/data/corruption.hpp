// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/random.hpp>
#include <mcfa/data/colour.hpp>
#include <mcfa/data/sampling.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

namespace mcfa::data {

/// A factor between `least` and `most`, its logarithm uniform.
inline float log_uniform(random_stream& random, scale_range range) {
    return static_cast<float>(std::exp(random.uniform(std::log(range.least), std::log(range.most))));
}

/// Calls `change(red, green, blue)` for every pixel of a window that is not exactly black: what lies outside a photo stays black.
template <class Change>
void change_pixels(std::span<float> window, Change change) {
    for (std::size_t i = 0; i < window.size(); i += 3)
        if (window[i] > 0 || window[i + 1] > 0 || window[i + 2] > 0) change(window[i], window[i + 1], window[i + 2]);
}

/// Value of a pixel of 8 bits.
inline float grey_level(float value) { return std::round(std::min(std::max(value, 0.0f), 255.0f)); }

/// Gain, gamma, colour cast: every channel becomes 255 (v / 255)^gamma gain, clipped and rounded to 8 bits as a camera does.
inline void change_light(random_stream& random, corruptions const& options, std::span<float> window) {
    std::array<float, 3> gains{1, 1, 1};
    float gamma = 1;
    if (random.chance(options.share)) gains.fill(log_uniform(random, options.gain));
    if (random.chance(options.share)) gamma = log_uniform(random, options.gamma);
    if (random.chance(options.share))
        for (float& gain : gains) gain *= static_cast<float>(random.uniform(1 - options.cast, 1));
    if (gamma == 1 && gains == std::array<float, 3>{1, 1, 1}) return;
    auto const lit = [&](float value, float gain) { return grey_level(gain * (gamma == 1 ? value : 255 * std::pow(value / 255, gamma))); };
    change_pixels(window, [&](float& red, float& green, float& blue) {
        red = lit(red, gains[0]), green = lit(green, gains[1]), blue = lit(blue, gains[2]);
    });
}

/// Distances from the window's mean colour shrink to `contrast` of what they were.
inline void lower_contrast(random_stream& random, corruptions const& options, std::span<float> window) {
    if (!random.chance(options.share)) return;
    float const factor = log_uniform(random, {options.contrast, 1});
    auto const sums = channel_sums(window);
    auto const pixels = static_cast<double>(window.size() / 3);
    auto const nearer = [&](float value, std::size_t channel) {
        auto const mean = static_cast<float>(sums[channel] / pixels);
        return grey_level(mean + factor * (value - mean));
    };
    change_pixels(window,
                  [&](float& red, float& green, float& blue) { red = nearer(red, 0), green = nearer(green, 1), blue = nearer(blue, 2); });
}

/// Every value moves by uniform noise of a standard deviation of up to `noise` grey levels.
inline void add_noise(random_stream& random, corruptions const& options, std::span<float> window) {
    if (!random.chance(options.share)) return;
    float const reach = static_cast<float>(random.uniform(0, options.noise) * std::sqrt(12.0)); // a uniform's width over its deviation
    auto const moved = [&](float value, std::uint64_t bits) {
        constexpr std::uint64_t values = 1u << 21;
        float const unit = static_cast<float>(bits % values) / static_cast<float>(values);
        return grey_level(value + reach * (unit - 0.5f));
    };
    change_pixels(window, [&](float& red, float& green, float& blue) {
        std::uint64_t const bits = random.bits(); // 21 of them for each channel
        red = moved(red, bits), green = moved(green, bits >> 21), blue = moved(blue, bits >> 42);
    });
}

/// A rectangle about the window's middle is covered, by one colour or by another part of the window.
inline void cover(random_stream& random, corruptions const& options, int side, std::span<float> window) {
    if (!random.chance(options.share)) return;
    auto const length = [&] { return std::max(1, static_cast<int>(random.uniform(0.1, options.cover) * side)); };
    int const width = length(), height = length();
    auto const place = [&](int extent) { // its middle lies where the face is, its whole on the window
        return std::clamp(static_cast<int>(random.uniform(0.2, 0.8) * side) - extent / 2, 0, side - extent);
    };
    int const left = place(width), top = place(height);
    bool const plain = random.chance(0.5);
    std::array<float, 3> colour;
    for (float& value : colour) value = static_cast<float>(random.below(256));
    auto const anywhere = [&](int extent) { return static_cast<int>(random.below(static_cast<std::uint64_t>(side - extent + 1))); };
    int const from_left = anywhere(width), from_top = anywhere(height);
    auto const pixel = [&](int x, int y) { return window.subspan((static_cast<std::size_t>(y) * side + x) * 3, 3); };
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
            std::span<float const> const source = plain ? std::span<float const>(colour) : pixel(from_left + x, from_top + y);
            std::ranges::copy(source, pixel(left + x, top + y).begin());
        }
}

/// A band along one side becomes black, as where a photo ends.
inline void cut_by_edge(random_stream& random, corruptions const& options, int side, std::span<float> window) {
    if (!random.chance(options.share)) return;
    int const band = static_cast<int>(random.uniform(0, options.edge) * side);
    bool const across = random.chance(0.5), last = random.chance(0.5);
    int const first = last ? side - band : 0;
    for (int i = 0; i < side; ++i)
        for (int k = first; k < first + band; ++k) {
            int const x = across ? k : i, y = across ? i : k;
            std::ranges::fill(window.subspan((static_cast<std::size_t>(y) * side + x) * 3, 3), 0.0f);
        }
}

/// Changes a window (RGB, 0 to 255) as `options` say: each change by itself with the probability `share`.
inline void corrupt(random_stream& random, corruptions const& options, int side, std::span<float> window) {
    cover(random, options, side, window);
    change_light(random, options, window);
    lower_contrast(random, options, window);
    add_noise(random, options, window);
    cut_by_edge(random, options, side, window);
}

} // namespace mcfa::data
