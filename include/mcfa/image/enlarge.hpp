// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

namespace mcfa::image {

/// A square window of side x side x 3 floats at a larger side, by linear interpolation between the centres of pixels; the edge's pixels reach to
/// the edge. `out` holds out_side x out_side x 3 floats and does not overlap `in`.
inline void enlarge(std::span<float const> in, int side, int out_side, std::span<float> out) {
    float const step = static_cast<float>(side) / static_cast<float>(out_side);
    struct pair {
        std::size_t first, second;
        float share; // of the second
    };
    auto const at = [&](int i) {
        float const x = std::clamp((static_cast<float>(i) + 0.5f) * step - 0.5f, 0.0f, static_cast<float>(side - 1));
        std::size_t const first = x;
        return pair{first, std::min(first + 1, static_cast<std::size_t>(side - 1)), x - static_cast<float>(first)};
    };
    auto const line = static_cast<std::size_t>(side) * 3;
    float* target = out.data();
    for (int y = 0; y < out_side; ++y) {
        pair const v = at(y);
        float const *upper = in.data() + v.first * line, *lower = in.data() + v.second * line;
        for (int x = 0; x < out_side; ++x) {
            pair const h = at(x);
            for (std::size_t c = 0; c < 3; ++c, ++target) {
                std::size_t const a = h.first * 3 + c, b = h.second * 3 + c;
                float const above = upper[a] + h.share * (upper[b] - upper[a]), below = lower[a] + h.share * (lower[b] - lower[a]);
                *target = above + v.share * (below - above);
            }
        }
    }
}

} // namespace mcfa::image
