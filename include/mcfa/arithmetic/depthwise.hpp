// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/arithmetic/taps.hpp>
#include <mcfa/op/depthwise.hpp>

#include <cstddef>

namespace mcfa::arithmetic {

/// The value of channel c at output (oy, ox), without the bias. `sample` is one sample's input, `weights` that of its channels.
template <class T>
constexpr T depthwise_at(depthwise const& op, T const* sample, T const* weights, int oy, int ox, int c) {
    T sum = 0;
    for (int ky = 0; ky < op.kernel; ++ky) {
        int const iy = tap_input(op, oy, ky, op.in.height);
        for (int kx = 0; kx < op.kernel && iy >= 0; ++kx)
            if (int const ix = tap_input(op, ox, kx, op.in.width); ix >= 0)
                sum += sample[(static_cast<std::size_t>(iy) * op.in.width + ix) * op.in.channels + c] *
                       weights[static_cast<std::size_t>(c) * op.taps() + ky * op.kernel + kx];
    }
    return sum;
}

/// The input's gradient of channel c at (iy, ix), from one sample's gradient of the output.
template <class T>
constexpr T depthwise_gradient_at(depthwise const& op, T const* sample, T const* weights, int iy, int ix, int c) {
    shape const out = op.out();
    T sum = 0;
    for (int ky = 0; ky < op.kernel; ++ky) {
        int const oy = tap_output(op, iy, ky, out.height);
        for (int kx = 0; kx < op.kernel && oy >= 0; ++kx)
            if (int const ox = tap_output(op, ix, kx, out.width); ox >= 0)
                sum += sample[(static_cast<std::size_t>(oy) * out.width + ox) * op.in.channels + c] *
                       weights[static_cast<std::size_t>(c) * op.taps() + ky * op.kernel + kx];
    }
    return sum;
}

} // namespace mcfa::arithmetic
