// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/narrow_float.hpp>

#include <cstdint>

namespace mcfa {

/// IEEE 754 binary16: 11 bits of precision, 6e-5 to 65504. A form in which weights are stored, not one to compute in.
struct float16 {
    std::uint16_t bits = 0;

    float16() = default;
    /// The nearest; of two equally near the even one.
    explicit constexpr float16(double value) : bits(to_f16(value)) {}
    explicit operator float() const { return static_cast<float>(from_f16(bits)); }
};

} // namespace mcfa
