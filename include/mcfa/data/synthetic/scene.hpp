// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/random.hpp>
#include <mcfa/data/synthetic/canvas.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace mcfa::data {

/// What stands behind the face: two colours that run into each other, and shapes that are no faces.
inline void draw_background(image::pixels& photo, std::uint64_t key) {
    random_stream random{split_key(key, 3)};
    using image::colour;
    auto any = [&](double low, double high) { // rooms and skies are seldom gaudy, so each colour is mixed with its grey
        colour const c{between(random, low, high), between(random, low, high), between(random, low, high)};
        float const grey = (c.red + c.green + c.blue) / 3;
        return mix(c, {grey, grey, grey}, 0.45f);
    };
    int const h = image::height(photo), w = image::width(photo);
    float const size = static_cast<float>(std::max(h, w));
    colour const one = any(50, 235), two = mix(one, any(30, 245), 0.6f);
    float const angle = between(random, 0, 6.28), c = std::cos(angle) / size, s = std::sin(angle) / size;
    std::uint8_t* out = photo.data();
    for (int y = 0; y < h; ++y)
        for (int x = 0; x < w; ++x, out += 3) {
            float const t = 0.5f + c * (static_cast<float>(x) - size / 2) + s * (static_cast<float>(y) - size / 2);
            colour const here = mix(one, two, std::clamp(t, 0.0f, 1.0f));
            out[0] = static_cast<std::uint8_t>(here.red), out[1] = static_cast<std::uint8_t>(here.green),
            out[2] = static_cast<std::uint8_t>(here.blue);
        }
    auto somewhere = [&] { return point{between(random, -0.1, 1.1) * size, between(random, -0.1, 1.1) * size}; };
    for (std::uint64_t i = 0, count = 2 + random.below(6); i < count; ++i) {
        colour const ink = mix(one, any(20, 250), 0.7f);
        float const opacity = between(random, 0.25, 0.8), radius = between(random, 0.04, 0.2) * size;
        point const at = somewhere();
        switch (random.below(5)) {
        case 0:
            image::fill_disc(photo, at, radius, ink, opacity);
            break;
        case 1:
            image::fill_polygon(photo, image::ellipse(at, radius, radius * between(random, 0.3, 0.8), between(random, 0, 3.1)), ink,
                                opacity);
            break;
        case 2:
            image::fill_rectangle(photo, {at.x - radius, at.y - radius, 2 * radius, between(random, 0.5, 3) * radius}, ink, opacity);
            break;
        case 3:
            image::draw_line(photo, at, somewhere(), ink, radius * 0.3f, opacity);
            break;
        default: {
            std::array<point, 3> const corners{
                at, point{at.x + radius, at.y + between(random, 0.5, 2) * radius}, {at.x - radius, at.y + radius}};
            image::fill_polygon(photo, corners, ink, opacity);
        }
        }
    }
}

/// Exposure, a tint of the light and the grain of a sensor, over the whole photo.
inline void develop(image::pixels& photo, std::uint64_t key) {
    random_stream random{split_key(key, 4)};
    float const exposure = between(random, 0.9, 1.1), grain = between(random, 2, 9);
    float const gain[3] = {exposure * between(random, 0.98, 1.03), exposure, exposure * between(random, 0.96, 1.03)};
    std::uint64_t const noise = random.bits();
    std::uint8_t* out = photo.data();
    for (std::size_t i = 0; i < photo.size() / 3; ++i, out += 3) {
        std::uint64_t const bits = random_bits(noise, i);
        auto byte = [bits](int place) { return static_cast<float>(static_cast<int>(bits >> 8 * place & 255)) * (1.0f / 255); };
        float const common = byte(0) + byte(1) - 1; // both together: a triangle around 0
        for (int c = 0; c < 3; ++c) {
            float const own = byte(2 + c) - 0.5f;
            out[c] =
                static_cast<std::uint8_t>(static_cast<int>(std::clamp(out[c] * gain[c] + grain * (common + own) + 0.5f, 0.0f, 255.0f)));
        }
    }
}

} // namespace mcfa::data
