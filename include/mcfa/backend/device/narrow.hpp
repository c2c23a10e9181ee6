// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/arithmetic/activation.hpp>
#include <mcfa/backend/device/launch.hpp>
#include <mcfa/core/narrow_float.hpp>

#include <cstddef>
#include <cstdint>

namespace mcfa::backend::device {

struct narrow {
    float const* x;
    std::uint16_t* y;
    constexpr void operator()(std::size_t i) const { y[i] = bfloat16(x[i]).bits; }
};

struct widen {
    std::uint16_t const* x;
    float* y;
    constexpr void operator()(std::size_t i) const { y[i] = static_cast<float>(bfloat16::of_bits(x[i])); }
};

/// Widens rows of sums in bfloat16; adds a bias if there is one, and rectifies if requested.
struct widen_and_end {
    int width;
    std::uint16_t const* x;
    float const* bias;
    bool rectified;
    float* y;
    constexpr void operator()(std::size_t row, int c) const {
        std::size_t const at = row * width + c;
        float const sum = static_cast<float>(bfloat16::of_bits(x[at])) + (bias ? bias[c] : 0.0f);
        y[at] = rectified ? arithmetic::rectified(sum) : sum;
    }
};

/// The same for rows of sums in place.
template <class T>
struct end_sums {
    int width;
    T const* bias;
    bool rectified;
    T* y;
    constexpr void operator()(std::size_t row, int c) const {
        T& value = y[row * width + c];
        if (bias) value += bias[c];
        if (rectified) value = arithmetic::rectified(value);
    }
};

} // namespace mcfa::backend::device
