// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <cstdint>

namespace mcfa::arithmetic {

/// The upper half of a float's bits: 8 bits of precision, the range of float. Rounds to the nearest, ties to even; not a number stays so.
constexpr std::uint16_t to_bfloat16(float x) {
    auto const bits = std::bit_cast<std::uint32_t>(x);
    if (x != x) return static_cast<std::uint16_t>((bits >> 16) | 0x40u);
    return static_cast<std::uint16_t>((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

constexpr float from_bfloat16(std::uint16_t x) { return std::bit_cast<float>(static_cast<std::uint32_t>(x) << 16); }

} // namespace mcfa::arithmetic
