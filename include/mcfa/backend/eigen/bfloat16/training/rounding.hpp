// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/bfloat16/pairs.hpp>
#include <mcfa/backend/eigen/convolution/micro/simd.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

// Factors that stand in memory as float, rounded into the order in which `multiply_pairs` reads them.
namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {

// Scratch memory.
struct rounded_rows {};
struct rounded_panels {};

inline void round_values(std::size_t count, float const* from, bfloat16* to) {
    std::size_t i = 0;
    for (; i + lanes<float> <= count; i += lanes<float>) store_narrow(to + i, load(from + i));
    for (; i < count; ++i) to[i] = bfloat16(from[i]);
}

/// `count` values of both rows as pairs, where a row is null zero.
[[gnu::always_inline]] inline pair_packet rounded_rows_at(float const* first, float const* second, int count) {
    auto const of = [&](float const* from) __attribute__((always_inline)) {
        return !from ? packet<float>{} : count >= lanes<float> ? load(from) : load_first(from, count);
    };
    return rounded_pair(of(first), of(second));
}

/// Two rows, each null for zeros, as a column of pairs: those of value i stand at to[i * stride].
inline void turn_rows(float const* first, float const* second, int count, bfloat16* to, std::size_t stride) {
    for (int i = 0; i < count; i += lanes<float>) {
        pair_packet const pairs = rounded_rows_at(first ? first + i : nullptr, second ? second + i : nullptr, count - i);
        std::uint32_t part[lanes<float>];
        std::memcpy(part, &pairs, sizeof part);
        for (int l = 0, here = std::min(lanes<float>, count - i); l < here; ++l)
            std::memcpy(static_cast<void*>(to + (i + l) * stride), &part[l], sizeof part[l]);
    }
}

/// Rows of `width` values, `stride` apart, as one panel of the packed operand of a product over rows: (pair of rows, value, 2).
inline void pack_rows(float const* rows, std::size_t count, std::size_t stride, int width, bfloat16* panel) {
    for (std::size_t row = 0; row < count; row += 2) {
        float const *const first = rows + row * stride, *const second = row + 1 < count ? first + stride : nullptr;
        for (int i = 0; i < width; i += lanes<float>, panel += 2 * lanes<float>) {
            pair_packet const pairs = rounded_rows_at(first + i, second ? second + i : nullptr, width - i);
            std::memcpy(static_cast<void*>(panel), &pairs, sizeof pairs);
        }
    }
}

} // namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS
