// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/convolution/micro/simd.hpp>
#include <mcfa/backend/eigen/eigen_core.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>
#include <mcfa/core/narrow_float.hpp>
#include <mcfa/core/view.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {

/// Weights are stored as the scalar itself or, for float, in 16 bits, and widened while they are loaded.
template <class T, class S>
concept storable = (std::floating_point<T> && std::is_same_v<T, S>) || (std::is_same_v<T, float> && std::is_same_v<S, float16>);

/// One vector of stored values.
template <class T>
[[gnu::always_inline]] inline packet<T> load_stored(T const* from) {
    return load(from);
}
template <class T>
[[gnu::always_inline]] inline packet<float> load_stored(float16 const* from) {
#if defined(__AVX512F__)
    return _mm512_maskz_cvtph_ps(0xffff, _mm256_loadu_si256(reinterpret_cast<__m256i const*>(from)));
#elif defined(__F16C__)
    return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<__m128i const*>(from)));
#else
    // Exponent and fraction, moved to a float's bit positions, give a number 2^112 too small, except for infinity and NaN, which weights
    // never are.
    std::uint32_t wide[lanes<float>];
    for (int i = 0; i < lanes<float>; ++i) wide[i] = (from[i].bits & 0x7fffu) << 13 | (from[i].bits & 0x8000u) << 16;
    packet<float> small;
    std::memcpy(&small, wide, sizeof small);
    return small * 0x1p112f;
#endif
}

/// Stored values as scalars; both of one size.
template <class T, class S>
void widen(row<S const> from, row<T> to) {
    std::size_t const step = lanes<T>, whole = from.size() / step * step;
    for (std::size_t i = 0; i < whole; i += step) store(to.data() + i, load_stored<T>(from.data() + i));
    for (std::size_t i = whole; i < from.size(); ++i) to[i] = static_cast<T>(from[i]);
}

/// A row of `Vectors` vectors; `next` moves behind it.
template <int Vectors, class T, class S>
[[gnu::always_inline]] inline void load_stored_row(S const*& next, packet<T> (&row)[Vectors]) {
    row[0] = load_stored<T>(next);
    if constexpr (Vectors > 1) row[1] = load_stored<T>(next + lanes<T>);
    if constexpr (Vectors > 2) row[2] = load_stored<T>(next + 2 * lanes<T>);
    if constexpr (Vectors > 3) row[3] = load_stored<T>(next + 3 * lanes<T>);
    next += Vectors * lanes<T>;
}

} // namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS
