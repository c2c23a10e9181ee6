// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/image/frame.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace mcfa::detect {

/// Which photo pixels make up each level pixel along one axis, and with which shares: those under it (area average) where the level is
/// smaller than the photo, the nearest two (linear interpolation) where it is larger. Pixels outside the photo are left out, and so count as black.
struct axis_shares {
    std::vector<int> first;         ///< photo pixel with which a level pixel begins
    std::vector<std::size_t> start; ///< of its shares; one entry more than there are level pixels
    std::vector<float> shares;
    int low = 0, high = 0; ///< photo pixels that occur: low .. high - 1

    /// Those of level pixels from .. from + count - 1 of a photo of `photo` pixels, `step` of which are a level pixel.
    void set(int photo, double step, int from, int count) {
        first.clear();
        start.clear();
        shares.clear();
        low = photo;
        high = 0;
        for (int i = from; i < from + count; ++i) {
            double const begin = step >= 1 ? i * step : (i + 0.5) * step - 0.5, end = begin + std::max(step, 1.0);
            auto const j0 = std::max<std::int64_t>(0, static_cast<std::int64_t>(std::floor(begin)));
            auto const j1 = std::min<std::int64_t>(photo, static_cast<std::int64_t>(std::ceil(end)));
            first.push_back(static_cast<int>(std::min<std::int64_t>(j0, photo)));
            start.push_back(shares.size());
            for (std::int64_t j = j0; j < j1; ++j) {
                auto const at = static_cast<double>(j);
                shares.push_back(static_cast<float>((std::min(at + 1, end) - std::max(at, begin)) / std::max(step, 1.0)));
            }
            if (j0 < j1) low = std::min(low, static_cast<int>(j0)), high = std::max(high, static_cast<int>(j1));
        }
        start.push_back(shares.size());
        low = std::min(low, high);
    }
};

/// Memory of `level_image`, used again.
struct level_image_scratch {
    axis_shares down, across;
    std::vector<std::uint8_t> row;
    std::vector<float> sums;
};

/// A piece of a level: `height` x `width` x 3 floats, 0 to 255, whose first pixel is level pixel (top, left); black outside the photo.
/// A pixel's value does not depend on the piece that it is part of. Memory beside the result: a few rows of the photo's part under it.
inline void level_image(image::frame const& photo, double step, int top, int left, int height, int width, float* out,
                        level_image_scratch& scratch) {
    auto& [down, across, converted, sums] = scratch;
    down.set(image::height(photo), step, top, height);
    across.set(image::width(photo), step, left, width);
    sums.resize(static_cast<std::size_t>(across.high - across.low) * 3);
    for (std::size_t y = 0; y < static_cast<std::size_t>(height); ++y) {
        std::fill(sums.begin(), sums.end(), 0.0f);
        for (std::size_t k = down.start[y]; k < down.start[y + 1]; ++k) {
            std::uint8_t const* const row =
                photo.row(down.first[y] + static_cast<int>(k - down.start[y]), across.low, across.high - across.low, converted);
            float const share = down.shares[k];
            for (std::size_t e = 0; e < sums.size(); ++e) sums[e] += share * static_cast<float>(row[e]);
        }
        for (std::size_t x = 0; x < static_cast<std::size_t>(width); ++x, out += 3) {
            float red = 0, green = 0, blue = 0;
            float const* from = sums.data() + (static_cast<std::ptrdiff_t>(across.first[x]) - across.low) * 3;
            for (std::size_t k = across.start[x]; k < across.start[x + 1]; ++k, from += 3) {
                red += across.shares[k] * from[0];
                green += across.shares[k] * from[1];
                blue += across.shares[k] * from[2];
            }
            out[0] = red;
            out[1] = green;
            out[2] = blue;
        }
    }
}

} // namespace mcfa::detect
