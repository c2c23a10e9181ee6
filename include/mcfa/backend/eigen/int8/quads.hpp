// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/convolution/micro/simd.hpp>
#include <mcfa/backend/eigen/tiles/engine.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>
#include <mcfa/core/int8.hpp>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <string_view>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

// Products of bytes and weights of 8 bits that are summed in 32 bits. Factors come in fours of neighbours: a lane of 32 bits holds four, and adds
// all four products to its sum. Every way of doing so gives the same sums.
namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {

enum class quad_engine { avx512_vnni, avx_vnni, words, lanes, amx };

/// What multiplies in registers; the one place that says so. `vpmaddubsw` would saturate its sums of two products, so without VNNI factors are widened to 16 bits.
inline constexpr quad_engine quads_by =
#if defined(__AVX512F__) && defined(__AVX512VNNI__)
    quad_engine::avx512_vnni;
#elif defined(__AVXVNNI__) && !defined(__AVX512F__)
    quad_engine::avx_vnni;
#elif defined(__AVX512BW__) || (defined(__AVX2__) && !defined(__AVX512F__)) || (defined(__SSE2__) && !defined(__AVX__))
    quad_engine::words;
#else
    quad_engine::lanes;
#endif

inline std::string_view name_of(quad_engine e) {
    constexpr std::string_view names[] = {"AVX512-VNNI", "AVX-VNNI", "widened to 16 bits", "widened to 32 bits", "AMX-INT8"};
    return names[static_cast<std::size_t>(e)];
}

/// What multiplies: tiles where there are such, else registers.
inline quad_engine quads_in_use() { return uses_tiles() ? quad_engine::amx : quads_by; }

/// A register of fours: of bytes or of weights, the first in the lowest bits of a lane; and one of sums.
using quad_packet = packet<std::int32_t>;

[[gnu::always_inline]] inline quad_packet load_quads(void const* from) {
    quad_packet v;
    std::memcpy(&v, from, sizeof v);
    return v;
}
/// The four at `from` in every lane.
[[gnu::always_inline]] inline quad_packet broadcast_quad(std::uint8_t const* from) {
    std::int32_t quad;
    std::memcpy(&quad, from, sizeof quad);
    return broadcast(quad);
}

#if defined(__AVX512F__) && defined(__AVX512VNNI__)

using byte_quads = quad_packet;
using weight_quads = quad_packet;
[[gnu::always_inline]] inline byte_quads byte_quads_of(quad_packet const& v) { return v; }
[[gnu::always_inline]] inline weight_quads weight_quads_of(quad_packet const& v) { return v; }
/// sum += the products of four bytes and four weights, lane by lane.
[[gnu::always_inline]] inline void add_quads(quad_packet& sum, byte_quads const& x, weight_quads const& w) {
    sum = (quad_packet)_mm512_dpbusd_epi32((__m512i)sum, (__m512i)x, (__m512i)w);
}

#elif defined(__AVXVNNI__) && !defined(__AVX512F__)

using byte_quads = quad_packet;
using weight_quads = quad_packet;
[[gnu::always_inline]] inline byte_quads byte_quads_of(quad_packet const& v) { return v; }
[[gnu::always_inline]] inline weight_quads weight_quads_of(quad_packet const& v) { return v; }
[[gnu::always_inline]] inline void add_quads(quad_packet& sum, byte_quads const& x, weight_quads const& w) {
    sum = (quad_packet)_mm256_dpbusd_avx_epi32((__m256i)sum, (__m256i)x, (__m256i)w);
}

#elif defined(__AVX512BW__) || (defined(__AVX2__) && !defined(__AVX512F__)) || (defined(__SSE2__) && !defined(__AVX__))

/// Those in even and those in odd places, each in 16 bits.
struct word_pairs {
    quad_packet even, odd;
};
using byte_quads = word_pairs;
using weight_quads = word_pairs;
typedef packet<std::int16_t> word_packet;
[[gnu::always_inline]] inline byte_quads byte_quads_of(quad_packet const& v) {
    return {v & 0x00ff00ff, (quad_packet)((packet<std::uint16_t>)v >> 8)};
}
[[gnu::always_inline]] inline weight_quads weight_quads_of(quad_packet const& v) {
    auto const words = (word_packet)v;
    return {(quad_packet)((word_packet)((packet<std::uint16_t>)v << 8) >> 8), (quad_packet)(words >> 8)};
}
[[gnu::always_inline]] inline quad_packet sum_of_pairs(quad_packet const& a, quad_packet const& b) {
#if defined(__AVX512BW__)
    return (quad_packet)_mm512_madd_epi16((__m512i)a, (__m512i)b);
#elif defined(__AVX2__)
    return (quad_packet)_mm256_madd_epi16((__m256i)a, (__m256i)b);
#else
    return (quad_packet)_mm_madd_epi16((__m128i)a, (__m128i)b);
#endif
}
[[gnu::always_inline]] inline void add_quads(quad_packet& sum, byte_quads const& x, weight_quads const& w) {
    sum += sum_of_pairs(x.even, w.even);
    sum += sum_of_pairs(x.odd, w.odd);
}

#else

using byte_quads = packet<std::uint32_t>;
using weight_quads = quad_packet;
[[gnu::always_inline]] inline byte_quads byte_quads_of(quad_packet const& v) { return (byte_quads)v; }
[[gnu::always_inline]] inline weight_quads weight_quads_of(quad_packet const& v) { return v; }
[[gnu::always_inline]] inline void add_quads(quad_packet& sum, byte_quads const& x, weight_quads const& w) {
    auto const shifted = (packet<std::uint32_t>)w;
    sum += (quad_packet)(x & 0xffu) * ((quad_packet)(shifted << 24) >> 24);
    sum += (quad_packet)(x >> 8 & 0xffu) * ((quad_packet)(shifted << 16) >> 24);
    sum += (quad_packet)(x >> 16 & 0xffu) * ((quad_packet)(shifted << 8) >> 24);
    sum += (quad_packet)(x >> 24) * (w >> 24);
}

#endif

/// To the nearest whole number, of two equally near the even one; `v` is within 32 bits.
[[gnu::always_inline]] inline quad_packet rounded(packet<float> const& v) {
#if defined(__AVX512F__)
    return (quad_packet)_mm512_cvtps_epi32((__m512)v);
#elif defined(__AVX__)
    return (quad_packet)_mm256_cvtps_epi32((__m256)v);
#elif defined(__SSE2__)
    return (quad_packet)_mm_cvtps_epi32((__m128)v);
#else
    quad_packet r{};
    for (int i = 0; i < lanes<float>; ++i) r[i] = static_cast<std::int32_t>(std::lrint(v[i]));
    return r;
#endif
}

/// As many bytes as a register has lanes of float.
typedef std::uint8_t byte_lanes __attribute__((vector_size(vector_bytes / 4)));

/// Values of 0 .. 255.
[[gnu::always_inline]] inline void store_bytes(std::uint8_t* to, quad_packet const& v) {
    byte_lanes const narrow = __builtin_convertvector(v, byte_lanes);
    std::memcpy(to, &narrow, sizeof narrow);
}
[[gnu::always_inline]] inline quad_packet load_bytes(std::uint8_t const* from) {
    byte_lanes v;
    std::memcpy(&v, from, sizeof v);
    return __builtin_convertvector(v, quad_packet);
}

} // namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS
