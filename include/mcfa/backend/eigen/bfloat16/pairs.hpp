// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/convolution/micro/simd.hpp>
#include <mcfa/backend/eigen/eigen_core.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>
#include <mcfa/core/narrow_float.hpp>

#include <cstdint>
#include <cstring>
#include <string_view>

// Products of bfloat16 that are summed in float. Factors come in pairs of neighbours: a lane of 32 bits holds two, and adds both products to its
// sum. Without the instruction both factors are widened, which is exact, so the sums differ by their rounding alone.
namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {

/// Whether the processor multiplies pairs itself; the one place that says so.
#if defined(__AVX512BF16__)
inline constexpr bool multiplies_pairs = true;
#else
inline constexpr bool multiplies_pairs = false;
#endif
/// The same in words.
inline constexpr std::string_view pair_engine = multiplies_pairs ? "AVX512-BF16" : "widened to float";

/// A register of pairs of bfloat16: the first of two in the lower half of a lane.
using pair_packet = packet<std::uint32_t>;

[[gnu::always_inline]] inline pair_packet load_pairs(bfloat16 const* from) {
    pair_packet v;
    std::memcpy(&v, from, sizeof v);
    return v;
}
/// The pair at `from` in every lane.
[[gnu::always_inline]] inline pair_packet broadcast_pair(bfloat16 const* from) {
    std::uint32_t pair;
    std::memcpy(&pair, from, sizeof pair);
    return broadcast(pair);
}

/// sum += a.first * b.first + a.second * b.second, lane by lane.
[[gnu::always_inline]] inline void add_pairs(packet<float>& sum, pair_packet const& a, pair_packet const& b) {
#if defined(__AVX512BF16__)
    sum = (packet<float>)_mm512_dpbf16_ps((__m512)sum, (__m512bh)a, (__m512bh)b);
#else
    sum += (packet<float>)(a << 16) * (packet<float>)(b << 16);
    sum += (packet<float>)(a & 0xffff0000u) * (packet<float>)(b & 0xffff0000u);
#endif
}

/// As many values of 16 bits as a register has lanes of float.
typedef std::uint16_t narrow_lanes __attribute__((vector_size(vector_bytes / 2)));

[[gnu::always_inline]] inline packet<float> load_wide(bfloat16 const* from) {
    narrow_lanes v;
    std::memcpy(&v, from, sizeof v);
    return (packet<float>)(__builtin_convertvector(v, pair_packet) << 16);
}

/// Rounds to the nearest, of two equally near to the even one; NaN stays NaN. The instruction takes subnormal numbers for zero.
[[gnu::always_inline]] inline narrow_lanes narrowed(packet<float> const& v) {
#if defined(__AVX512BF16__)
    return (narrow_lanes)_mm512_cvtneps_pbh((__m512)v);
#else
    auto const bits = (pair_packet)v;
    auto const nearest = bits + 0x7fffu + (bits >> 16 & 1u);
    return __builtin_convertvector((v != v ? bits | 0x400000u : nearest) >> 16, narrow_lanes);
#endif
}
[[gnu::always_inline]] inline void store_narrow(bfloat16* to, packet<float> const& v) {
    narrow_lanes const narrow = narrowed(v);
    std::memcpy(static_cast<void*>(to), &narrow, sizeof narrow);
}
/// Both rounded, those of `first` in the lower halves.
[[gnu::always_inline]] inline pair_packet rounded_pair(packet<float> const& first, packet<float> const& second) {
    return __builtin_convertvector(narrowed(first), pair_packet) | __builtin_convertvector(narrowed(second), pair_packet) << 16;
}

// One name for both kinds of results.

[[gnu::always_inline]] inline void store_sums(bfloat16* to, packet<float> const& v) { store_narrow(to, v); }
[[gnu::always_inline]] inline void store_sums(float* to, packet<float> const& v) { store(to, v); }
/// The first `count` of them, fewer than a vector.
template <class Out>
[[gnu::always_inline]] inline void store_first_sums(Out* to, packet<float> const& v, int count) {
    Out part[lanes<float>];
    store_sums(part, v);
    for (int i = 0; i < lanes<float>; ++i)
        if (i < count) to[i] = part[i];
}

} // namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS
