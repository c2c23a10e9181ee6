// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <cstdint>

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

/// IEEE 754 binary16: 5 bits of exponent, 10 of fraction; 6e-5 to 65504 at 11 bits of precision. A form in which weights are stored, not
/// one to compute in.
struct float16 {
    std::uint16_t bits = 0;

    float16() = default;
    /// The nearest; of two equally near the even one.
    explicit constexpr float16(double value) : bits(narrow_float_bits<5, 10>(value)) {}
    static constexpr float16 of_bits(std::uint16_t bits) {
        float16 x;
        x.bits = bits;
        return x;
    }
    /// Exact.
    explicit constexpr operator float() const {
        std::uint32_t const sign = static_cast<std::uint32_t>(bits & 0x8000u) << 16;
        std::uint32_t const exponent = bits >> 10 & 0x1fu, fraction = bits & 0x3ffu;
        if (exponent == 0) { // subnormal: fraction * 2^-24
            float const value = static_cast<float>(fraction) * 0x1p-24f;
            return sign ? -value : value;
        }
        std::uint32_t const wide = exponent == 31 ? 255 : exponent + 127 - 15;
        return std::bit_cast<float>(sign | wide << 23 | fraction << 13);
    }
};

/// The upper half of binary32: 8 bits of exponent, 7 of fraction; the range of float at 8 bits of precision. A type to compute in: factors and
/// activations are bfloat16, sums are float.
struct bfloat16 {
    std::uint16_t bits = 0;

    bfloat16() = default;
    /// The nearest; of two equally near the even one.
    explicit constexpr bfloat16(double value) : bits(narrow_float_bits<8, 7>(value)) {}
    explicit constexpr bfloat16(float value) {
        auto const wide = std::bit_cast<std::uint32_t>(value);
        bits = static_cast<std::uint16_t>(value != value ? wide >> 16 | 0x40u : (wide + 0x7fffu + (wide >> 16 & 1u)) >> 16);
    }
    static constexpr bfloat16 of_bits(std::uint16_t bits) {
        bfloat16 x;
        x.bits = bits;
        return x;
    }
    /// Exact.
    explicit constexpr operator float() const { return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16); }
};

/// What products of T are summed in, and what their biases are: T itself, float for bfloat16.
template <class T>
struct summed_in {
    using type = T;
};
template <>
struct summed_in<bfloat16> {
    using type = float;
};
template <class T>
using sum_of = typename summed_in<T>::type;

} // namespace mcfa
