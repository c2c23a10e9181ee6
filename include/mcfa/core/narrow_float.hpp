// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace mcfa {

/// The bits of `value` in an IEEE-754-like format of `1 + Exponent + Fraction` bits, rounded to nearest, ties to even.
/// Too large becomes infinity, too small a subnormal number or zero, NaN stays a NaN.
template <int Exponent, int Fraction>
constexpr std::uint16_t narrow_float_bits(double value) {
    static_assert(1 + Exponent + Fraction == 16);
    constexpr int bias = (1 << (Exponent - 1)) - 1;
    constexpr std::uint64_t infinity = ((std::uint64_t{1} << Exponent) - 1) << Fraction;
    auto const bits = std::bit_cast<std::uint64_t>(value);
    auto const sign = static_cast<std::uint64_t>(bits >> 63) << 15;
    auto const fraction = bits & ((std::uint64_t{1} << 52) - 1);
    int const exponent = static_cast<int>((bits >> 52) & 0x7ff) - 1023;

    std::uint64_t magnitude = 0;
    if (exponent == 1024) {
        magnitude = fraction == 0 ? infinity : infinity | (std::uint64_t{1} << (Fraction - 1));
    } else if (exponent > bias) {
        magnitude = infinity;
    } else {
        // Below the smallest normal exponent, 1 - bias, every lost power of two costs one bit of the significand.
        int const missing = exponent < 1 - bias ? 1 - bias - exponent : 0;
        int const shift = 52 - Fraction + missing;
        if (shift <= 53) { // else less than half of the smallest subnormal number
            auto const significand = (std::uint64_t{1} << 52) | fraction;
            auto const kept = significand >> shift;
            auto const lost = significand & ((std::uint64_t{1} << shift) - 1);
            auto const half = std::uint64_t{1} << (shift - 1);
            // The hidden bit, where it is kept, adds one to the exponent field; so does a carry out of the fraction.
            auto const field = missing > 0 ? std::uint64_t{0} : static_cast<std::uint64_t>(exponent + bias - 1) << Fraction;
            magnitude = field + kept + (lost > half || (lost == half && (kept & 1)) ? 1 : 0);
        }
    }
    return static_cast<std::uint16_t>(sign | magnitude);
}

/// The exact value of bits in that format.
template <int Exponent, int Fraction>
double wide_float(std::uint16_t bits) {
    static_assert(1 + Exponent + Fraction == 16);
    constexpr int bias = (1 << (Exponent - 1)) - 1;
    constexpr int special = (1 << Exponent) - 1;
    int const exponent = (bits >> Fraction) & special;
    int const fraction = bits & ((1 << Fraction) - 1);
    double magnitude = 0;
    if (exponent == special) magnitude = fraction == 0 ? std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
    else if (exponent == 0) magnitude = std::ldexp(fraction, 1 - bias - Fraction);
    else magnitude = std::ldexp((1 << Fraction) + fraction, exponent - bias - Fraction);
    return (bits >> 15) != 0 ? -magnitude : magnitude;
}

/// F16, IEEE 754 binary16: 5 bits of exponent, 10 of fraction.
constexpr std::uint16_t to_f16(double value) { return narrow_float_bits<5, 10>(value); }
inline double from_f16(std::uint16_t bits) { return wide_float<5, 10>(bits); }

/// BF16, the upper half of binary32: 8 bits of exponent, 7 of fraction.
constexpr std::uint16_t to_bf16(double value) { return narrow_float_bits<8, 7>(value); }
inline double from_bf16(std::uint16_t bits) { return wide_float<8, 7>(bits); }

} // namespace mcfa
