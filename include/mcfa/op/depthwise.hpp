// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/shape.hpp>
#include <mcfa/op/pass.hpp>

#include <cstddef>

namespace mcfa {

/// Sizes of a depthwise convolution, in which each channel has a window of its own: kernel x kernel values, `dilation` pixels from one to
/// the next (Yu and Koltun, ICLR 2016). Weights are (channels, kernel * kernel), as PyTorch stores (channels, 1, kernel, kernel).
struct depthwise {
    shape in;
    int kernel = 3;
    int stride = 1;
    int pad = 1;
    int dilation = 1;

    constexpr int taps() const { return kernel * kernel; }
    /// Pixels from the window's first to its last, both included.
    constexpr int reach() const { return dilation * (kernel - 1) + 1; }
    constexpr shape out() const {
        return {in.channels, (in.height + 2 * pad - reach()) / stride + 1, (in.width + 2 * pad - reach()) / stride + 1};
    }
    constexpr std::size_t weights() const { return static_cast<std::size_t>(in.channels) * taps(); }
};

/// y[n, oy, ox, c] = bias[c] + sum over ky, kx of x[n, oy * stride + ky * dilation - pad, ox * stride + kx * dilation - pad, c] *
/// weights[c, ky * kernel + kx], zero where x ends.  x (batch, in), weights (channels, taps), bias (channels) or empty, y (batch, out).
template <class T>
struct depthwise_forward {
    depthwise op;
    planes<T const> x;
    matrix<T const> weights;
    row<T const> bias{};
    planes<T> y;

    constexpr work describe() const { return {"depthwise convolution forward", x, y}; }
};

/// dx[n, iy, ix, c] = sum over ky, kx of dy[n, (iy + pad - ky * dilation) / stride, (ix + pad - kx * dilation) / stride, c] *
/// weights[c, ky * kernel + kx], over whole quotients within dy.
template <class T>
struct depthwise_input_gradient {
    depthwise op;
    planes<T const> dy;
    matrix<T const> weights;
    planes<T> dx;

    constexpr work describe() const { return {"depthwise convolution gradient of the input", dy, dx}; }
};

/// dweights[c, ky * kernel + kx] = sum over n, oy, ox of dy[n, oy, ox, c] * x[n, oy * stride + ky * dilation - pad, ..., c],
/// dbias = sums of dy by channel.  dbias (channels) or empty.
template <class T>
struct depthwise_weight_gradient {
    depthwise op;
    planes<T const> x, dy;
    matrix<T> dweights;
    row<T> dbias{};

    constexpr work describe() const { return {"depthwise convolution gradient of the weights", dy, dweights}; }
};

} // namespace mcfa
