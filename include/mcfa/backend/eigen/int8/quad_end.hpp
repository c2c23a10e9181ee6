// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/int8/quads.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>

// What follows a sum, by lanes and by itself; both do the same: one product in float, limits, one rounding.
namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {

template <class Out>
struct quad_end;

/// Bytes: limits are applied before the rounding, which changes nothing for they are whole numbers, and keep it within 32 bits.
template <>
struct quad_end<std::uint8_t> {
    using value_type = std::uint8_t;
    std::int32_t const* starts; ///< whole vectors, as all below
    float const* factors;
    std::int32_t zero;
    bool rectified;

    float low() const { return rectified ? 0.0f : static_cast<float>(-zero); }
    float high() const { return static_cast<float>(255 - zero); }

    [[gnu::always_inline]] void store(std::uint8_t* to, quad_packet const& sum, int column) const {
        store_bytes(to, finished(sum, column));
    }
    [[gnu::always_inline]] void store_first(std::uint8_t* to, quad_packet const& sum, int column, int count) const {
        std::uint8_t part[lanes<float>];
        store(part, sum, column);
        for (int i = 0; i < lanes<float>; ++i)
            if (i < count) to[i] = part[i];
    }
    std::uint8_t of(std::int32_t sum, std::size_t column) const {
        float const v = static_cast<float>(sum) * factors[column];
        return static_cast<std::uint8_t>(std::lrint(std::min(std::max(v, low()), high())) + zero);
    }

private:
    [[gnu::always_inline]] quad_packet finished(quad_packet const& sum, int column) const {
        packet<float> v = __builtin_convertvector(sum, packet<float>) * load(factors + column);
        packet<float> const least = broadcast(low()), most = broadcast(high());
        v = v < least ? least : v;
        v = v > most ? most : v;
        return rounded(v) + zero;
    }
};

template <>
struct quad_end<float> {
    using value_type = float;
    std::int32_t const* starts;
    float const* factors;
    std::int32_t zero;
    bool rectified;

    [[gnu::always_inline]] void store(float* to, quad_packet const& sum, int column) const {
        eigen_engine::store(to, finished(sum, column));
    }
    [[gnu::always_inline]] void store_first(float* to, quad_packet const& sum, int column, int count) const {
        eigen_engine::store_first(to, finished(sum, column), count);
    }
    float of(std::int32_t sum, std::size_t column) const {
        float const v = static_cast<float>(sum) * factors[column];
        return rectified && v < 0 ? 0 : v;
    }

private:
    [[gnu::always_inline]] packet<float> finished(quad_packet const& sum, int column) const {
        packet<float> const v = __builtin_convertvector(sum, packet<float>) * load(factors + column), zeros{};
        return rectified ? (v < zeros ? zeros : v) : v;
    }
};

} // namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS
