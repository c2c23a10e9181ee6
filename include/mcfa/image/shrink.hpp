// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/raise.hpp>
#include <mcfa/image/image.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <vector>

namespace mcfa::image {

/// One axis of an area average: output i is the mean over input i * ratio .. (i + 1) * ratio, with ratio = in / out >= 1.
/// `line` elements stand side by side at every input position; `out` gets `out_count` positions of `line` elements.
inline void shrink_axis(float const* in, int in_count, int out_count, std::size_t line, float* out) {
    double const ratio = static_cast<double>(in_count) / out_count;
    for (int i = 0; i < out_count; ++i) {
        double const from = i * ratio, to = (i + 1) * ratio;
        float* const target = out + i * line;
        std::fill_n(target, line, 0.0f);
        for (int j = static_cast<int>(from); j < in_count && j < to; ++j) {
            float const share = static_cast<float>((std::min<double>(j + 1, to) - std::max<double>(j, from)) / ratio);
            float const* const source = in + j * line;
            if (share > 1e-9f)
                for (std::size_t e = 0; e < line; ++e) target[e] += share * source[e];
        }
    }
}

/// The mean of `factor` x `factor` blocks: first down, in whole rows, then across. `n` is `factor` times `m`; `row` is scratch memory.
inline void shrink_by(int factor, float const* in, std::size_t n, std::size_t m, float* out, std::vector<float>& row) {
    row.resize(n * 3 + 1); // one more, because a pixel is read with the value after it
    row.back() = 0;
    std::size_t const k = factor;
    float const share = 1.0f / static_cast<float>(k * k);
    for (std::size_t y = 0; y < m; ++y) {
        std::copy_n(in + y * k * n * 3, n * 3, row.begin());
        for (std::size_t j = 1; j < k; ++j) {
            float const* const further = in + (y * k + j) * n * 3;
            for (std::size_t e = 0; e < n * 3; ++e) row[e] += further[e];
        }
        float const* source = row.data();
        for (std::size_t x = 0; x < m; ++x, out += 3) {
            wide_pixel sum{};
            for (std::size_t i = 0; i < k; ++i, source += 3) {
                wide_pixel next;
                std::memcpy(&next, source, sizeof next);
                sum += next;
            }
            for (int c = 0; c < 3; ++c) out[c] = sum[c] * share;
        }
    }
}

/// Shrinks a square window by exact area average: every output value is the mean of the input over its own square.
/// `in` is in_side x in_side x 3 and `out` is out_side x out_side x 3, channels last; 1 <= out_side <= in_side.
/// `scratch` is memory that is used again. Throws `option_error` on the sides and `shape_error` on the lengths of the spans.
inline void shrink_area(std::span<float const> in, int in_side, int out_side, std::span<float> out, std::vector<float>& scratch) {
    if (out_side < 1 || out_side > in_side)
        raise(option_error({"shrink_area from ", in_side, " to ", out_side, " pixels: the new side is 1 to the old one"}));
    std::size_t const n = in_side, m = out_side;
    if (in.size() != n * n * 3 || out.size() != m * m * 3)
        raise(shape_error({"shrink_area: spans of ", in.size(), " and ", out.size(), " floats, expected ", n * n * 3, " and ", m * m * 3}));
    if (n % m == 0) return shrink_by(static_cast<int>(n / m), in.data(), n, m, out.data(), scratch);
    scratch.resize(m * n * 3); // first down, then across
    shrink_axis(in.data(), in_side, out_side, n * 3, scratch.data());
    for (std::size_t y = 0; y < m; ++y) shrink_axis(scratch.data() + y * n * 3, in_side, out_side, 3, out.data() + y * m * 3);
}

} // namespace mcfa::image
