// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/float16.hpp>

#include <bit>
#include <cstdint>

namespace mcfa::arithmetic {

/// The float of the same value, by its bits alone.
constexpr float widened(float16 x) {
    std::uint32_t const sign = static_cast<std::uint32_t>(x.bits & 0x8000u) << 16;
    std::uint32_t const exponent = x.bits >> 10 & 0x1fu, fraction = x.bits & 0x3ffu;
    if (exponent == 0) { // subnormal: fraction * 2^-24
        float const value = static_cast<float>(fraction) * 0x1p-24f;
        return sign ? -value : value;
    }
    std::uint32_t const wide = exponent == 31 ? 255 : exponent + 127 - 15;
    return std::bit_cast<float>(sign | wide << 23 | fraction << 13);
}
constexpr float widened(float x) { return x; }
constexpr double widened(double x) { return x; }

} // namespace mcfa::arithmetic
