#pragma once

#include <cstddef>

#include <mcfa/core/shape.hpp>
#include <mcfa/op/kernel.hpp>

namespace mcfa {

/// Cross-correlation with zero padding, as every deep-learning framework defines "convolution":
///     y[n, oy, ox, o] = bias[o] + sum over ky, kx, i of x[n, oy * stride + ky - pad, ox * stride + kx - pad, i] * w[o, i, ky, kx]
/// Activations are channels last; weights are stored (out, in, kernel, kernel), as PyTorch stores them.
///
/// `kernel<convolution, B>` has, for `T` float or double and any `batch` of 1 or more:
///     forward(run, op, batch, x, weights, bias, y)
///     backward_input(run, op, batch, dy, weights, dx)
///     backward_weights(run, op, batch, x, dy, dweights, dbias)
/// Each overwrites its results; `bias` and `dbias` may be null, and then there is no bias.
struct convolution {
    shape in;
    int out_channels = 0;
    int kernel = 3;
    int stride = 1;
    int pad = 1;

    constexpr shape out() const {
        return {out_channels, (in.height + 2 * pad - kernel) / stride + 1, (in.width + 2 * pad - kernel) / stride + 1};
    }
    constexpr std::size_t weights() const {
        return static_cast<std::size_t>(out_channels) * static_cast<std::size_t>(in.channels) *
               static_cast<std::size_t>(kernel * kernel);
    }
};

} // namespace mcfa
