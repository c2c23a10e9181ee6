// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/shape.hpp>
#include <mcfa/op/pass.hpp>

#include <cstddef>

namespace mcfa {

/// Sizes of a convolution whose taps are `dilation` pixels apart (Yu and Koltun, ICLR 2016) and whose channels fall into `groups`, each of
/// which is convolved by itself: output channels g * out_channels / groups, ... see the input channels g * in / groups, ... alone. Weights are
/// (out, in / groups, kernel, kernel), as PyTorch stores them.
struct grouped_convolution {
    shape in;
    int out_channels = 0;
    int kernel = 3;
    int stride = 1;
    int pad = 1;
    int dilation = 1;
    int groups = 1;

    constexpr int taps() const { return kernel * kernel; }
    /// Pixels from the window's first to its last, both included.
    constexpr int reach() const { return dilation * (kernel - 1) + 1; }
    constexpr int group_in() const { return in.channels / groups; }
    constexpr int group_out() const { return out_channels / groups; }
    /// Values that one output value is made of.
    constexpr std::size_t depth() const { return static_cast<std::size_t>(taps()) * group_in(); }
    constexpr std::size_t weights() const { return static_cast<std::size_t>(out_channels) * depth(); }
    constexpr shape out() const {
        return {out_channels, (in.height + 2 * pad - reach()) / stride + 1, (in.width + 2 * pad - reach()) / stride + 1};
    }
};

/// rows[n * pixels + oy * width + ox, (ky * kernel + kx) * group_in + c] = x[n, oy * stride + ky * dilation - pad, ..., group * group_in + c],
/// zero where x ends: the windows of one group as rows, so that its convolution is a matrix product. x (batch, in), rows (batch * output
/// pixels, depth).
template <class T>
struct patches {
    grouped_convolution op;
    int group = 0;
    planes<T const> x;
    matrix<T> rows;

    constexpr work describe() const { return {"windows as rows", x, rows}; }
};

/// Its gradient: dx[n, iy, ix, group * group_in + c] = the sum of drows where x[n, iy, ix, ...] went. Other groups' channels stay as they are.
template <class T>
struct patches_gradient {
    grouped_convolution op;
    int group = 0;
    matrix<T const> drows;
    planes<T> dx;

    constexpr work describe() const { return {"gradient of windows as rows", drows, dx}; }
};

} // namespace mcfa
