#pragma once

#include <cstddef>
#include <cstdint>

#include <mcfa/backend/device/launch.hpp>
#include <mcfa/kernel/bfloat16.hpp>

namespace mcfa::backend::device {

struct narrow {
    float const* x;
    std::uint16_t* y;
    constexpr void operator()(std::size_t i) const { y[i] = arithmetic::to_bfloat16(x[i]); }
};

struct widen {
    std::uint16_t const* x;
    float* y;
    constexpr void operator()(std::size_t i) const { y[i] = arithmetic::from_bfloat16(x[i]); }
};

/// The same for rows that get a bias.
struct widen_and_add {
    int width;
    std::uint16_t const* x;
    float const* bias;
    float* y;
    constexpr void operator()(std::size_t row, int c) const {
        std::size_t const at = row * static_cast<std::size_t>(width) + static_cast<std::size_t>(c);
        y[at] = arithmetic::from_bfloat16(x[at]) + bias[c];
    }
};

template <class T>
struct add_bias {
    int width;
    T const* bias;
    T* y;
    constexpr void operator()(std::size_t row, int c) const {
        y[row * static_cast<std::size_t>(width) + static_cast<std::size_t>(c)] += bias[c];
    }
};

} // namespace mcfa::backend::device
