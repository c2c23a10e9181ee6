// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/raise.hpp>
#include <mcfa/image/frame.hpp>
#include <mcfa/image/image.hpp>
#include <mcfa/image/placement.hpp>
#include <mcfa/image/shrink.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

namespace mcfa::image {

/// An upright piece of a photo, shrunk by the whole number `factor`: one patch value is the mean of a factor x factor block,
/// black outside the photo. `values` is height x width x 4: a `wide_pixel` each, the fourth value 0.
struct patch {
    int left = 0, top = 0; ///< photo pixel at which the first block starts
    int height = 0, width = 0;
    int factor = 1;
    std::vector<float> values;
    std::vector<std::uint8_t> row;   ///< scratch
    std::vector<std::uint32_t> sums; ///< scratch

    /// Fills `values` from the photo; all other members are set.
    void fill(frame const& photo) {
        auto const row_length = static_cast<std::size_t>(width) * 4;
        values.assign(height * row_length, 0.0f);
        int const photo_height = image::height(photo), photo_width = image::width(photo);
        // Photo columns that lie under the patch.
        int const from = std::clamp(left, 0, photo_width), to = std::clamp(left + width * factor, 0, photo_width);
        if (from >= to) return;
        float const share = 1.0f / (static_cast<float>(factor) * static_cast<float>(factor));
        auto const count = static_cast<std::size_t>(to - from) * 3;
        if (factor > 1) sums.resize(count);
        for (int r = 0; r < height; ++r) {
            int const y0 = std::clamp(top + r * factor, 0, photo_height), y1 = std::clamp(top + (r + 1) * factor, 0, photo_height);
            if (y0 >= y1) continue;
            float* const line = values.data() + r * row_length;
            auto source = [&](int y) { return photo.row(y, from, to - from, this->row); };
            if (factor == 1) {
                std::uint8_t const* in = source(y0);
                float* target = line + static_cast<std::size_t>(from - left) * 4;
                for (int x = from; x < to; ++x, in += 3, target += 4)
                    for (int k = 0; k < 3; ++k) target[k] = in[k];
                continue;
            }
            std::fill(sums.begin(), sums.end(), 0u);
            for (int y = y0; y < y1; ++y) {
                std::uint8_t const* in = source(y);
                for (std::size_t i = 0; i < count; ++i) sums[i] += in[i];
            }
            std::uint32_t const* sum = sums.data();
            for (int column = (from - left) / factor, x = from; x < to; ++column) {
                int const end = std::min(left + (column + 1) * factor, to);
                float red = 0, green = 0, blue = 0;
                for (; x < end; ++x, sum += 3) {
                    red += static_cast<float>(sum[0]);
                    green += static_cast<float>(sum[1]);
                    blue += static_cast<float>(sum[2]);
                }
                float* const target = line + column * 4;
                target[0] = red * share;
                target[1] = green * share;
                target[2] = blue * share;
            }
        }
    }
};

/// Fills side x side x 3 values from a patch that holds the whole window, with the mean of `Samples` x `Samples` bilinear points for each;
/// `step` is in photo pixels per window pixel.
template <int Samples>
void sample_patch(patch const& piece, placement const& window, double step, int side, float* out) {
    double const c = std::cos(static_cast<double>(window.angle)) * step, s = std::sin(static_cast<double>(window.angle)) * step;
    double const scale = 1.0 / (piece.factor * Samples), sign = window.mirrored ? -1 : 1;
    float const across_x = static_cast<float>(sign * c * scale), across_y = static_cast<float>(sign * s * scale);
    constexpr float share = 1.0f / (Samples * Samples);
    auto const row_length = static_cast<std::size_t>(piece.width) * 4;
    float const* const values = piece.values.data();
    for (int j = 0; j < side; ++j) {
        // Where the samples of this row start, in patch values; the value at index i has its centre at i + 0.5.
        float x0[Samples], y0[Samples];
        for (int r = 0; r < Samples; ++r) {
            double const u = sign * (0.5 / Samples - side * 0.5), v = j + (r + 0.5) / Samples - side * 0.5;
            x0[r] = static_cast<float>((window.centre.x + c * u - s * v - piece.left) / piece.factor - 0.5);
            y0[r] = static_cast<float>((window.centre.y + s * u + c * v - piece.top) / piece.factor - 0.5);
        }
        for (int i = 0; i < side; ++i, out += 3) {
            wide_pixel sum{};
            for (int r = 0; r < Samples; ++r)
                for (int n = 0; n < Samples; ++n) {
                    float const along = static_cast<float>(i * Samples + n);
                    float const x = x0[r] + along * across_x, y = y0[r] + along * across_y;
                    int const column = static_cast<int>(x), line = static_cast<int>(y);
                    float const fx = x - static_cast<float>(column), fy = y - static_cast<float>(line);
                    float const* const above = values + line * row_length + column * 4;
                    float const* const below = above + row_length;
                    wide_pixel top_left, top_right, low_left, low_right;
                    std::memcpy(&top_left, above, sizeof top_left);
                    std::memcpy(&top_right, above + 4, sizeof top_right);
                    std::memcpy(&low_left, below, sizeof low_left);
                    std::memcpy(&low_right, below + 4, sizeof low_right);
                    wide_pixel const left = top_left + fy * (low_left - top_left), right = top_right + fy * (low_right - top_right);
                    sum += left + fx * (right - left);
                }
            for (int k = 0; k < 3; ++k) out[k] = sum[k] * share;
        }
    }
}

/// Cuts the window out of the photo: `out` gets side x side x 3 floats, channels last, 0 to 255; black outside the photo.
///
/// With `step` photo pixels per window pixel: for step <= 1 plain bilinear interpolation. For a larger step the photo is first
/// averaged over blocks of floor(step) x floor(step) pixels, and from that the window is taken bilinearly, with the mean of 2 x 2 points per
/// window pixel where the remaining step (1 to 2) is above 1. So no photo pixel is skipped, and an upright window at whole pixels with
/// a whole step is the exact area average. Cost is linear in the pixels under the window.
/// Throws `option_error` on a window that `can_be_cut` refuses, and `shape_error` on a span of the wrong length.
inline void cut(frame const& photo, placement const& window, int side, std::span<float> out) {
    if (side < 1 || !can_be_cut(window))
        raise(
            option_error({"cut: a window of side ", window.side, " at (", window.centre.x, ", ", window.centre.y, "), angle ", window.angle,
                          ", to ", side, " pixels; all must be finite, the sides positive, the window's at most ", largest_window}));
    if (out.size() != std::size_t{3} * side * side)
        raise(shape_error({"cut: a span of ", out.size(), " floats for a window of ", side, "x", side, "x3"}));

    double const step = static_cast<double>(window.side) / side;
    double const angle = static_cast<double>(window.angle);
    double const reach_x = (std::abs(std::cos(angle)) + std::abs(std::sin(angle))) * step * side / 2, reach_y = reach_x;
    double const cx = window.centre.x, cy = window.centre.y;
    if (cx + reach_x < -step || cy + reach_y < -step || cx - reach_x > image::width(photo) + step ||
        cy - reach_y > image::height(photo) + step) {
        std::fill(out.begin(), out.end(), 0.0f); // wholly beside the photo
        return;
    }

    thread_local patch piece;                                  // keeps its memory from window to window
    piece.factor = std::max(1, static_cast<int>(step + 1e-6)); // step is at most `largest_window`
    // Blocks start at the window's corner, so that whole steps at whole pixels meet them exactly; one block more on every side.
    piece.left = static_cast<int>(std::floor(cx - reach_x + 1e-3)) - piece.factor;
    piece.top = static_cast<int>(std::floor(cy - reach_y + 1e-3)) - piece.factor;
    piece.width = static_cast<int>(2 * reach_x / piece.factor) + 5;
    piece.height = static_cast<int>(2 * reach_y / piece.factor) + 5;
    piece.fill(photo);

    if (step / piece.factor > 1 + 1e-4) sample_patch<2>(piece, window, step, side, out.data());
    else sample_patch<1>(piece, window, step, side, out.data());
}

} // namespace mcfa::image
