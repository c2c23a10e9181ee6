// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/shape.hpp>
#include <mcfa/op/pass.hpp>

#include <cstddef>
#include <cstdint>

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
        return static_cast<std::size_t>(out_channels) * static_cast<std::size_t>(in.channels) * static_cast<std::size_t>(kernel * kernel);
    }
};

/// How much memory prepared weights may take: `fast` may enlarge them (Winograd's F(4x4, 3x3) takes 4 values for one), `lean` does not.
enum class weights_form { fast, lean };

/// Weights as a backend lays them out once for many passes: its own number for how, and how many values they take.
struct prepared_layout {
    int algorithm = 0;
    std::size_t size = 0;
};

/// A convolution and what follows it, in one pass over its output:
///     z = conv(x) + bias;   a = rectified ? max(z, 0) : z;   y = pooled ? 2x2 maximum of a, stride 2 : a
/// A last odd row or column of `a` belongs to no maximum. `places` has one byte for each value of a pooled y: the number, 0 to 3 in
/// reading order, of the maximum within its window, of equal ones the first, or 4 where the rectifier cut it; null where not pooled.
///
/// `kernel<convolution_unit, B>` has, for inference from weights prepared once, stored as `S` (the scalar, or float16 for float):
///     layout<T, S>(op, form, batch) -> prepared_layout      for passes over about that many samples
///     prepare(run, op, layout, weights, S* prepared)
///     forward_prepared(run, op, layout, batch, x, S const* prepared, bias, y)      any height and width of `op.product.in`
/// and for training:
///     forward(run, op, batch, x, weights, bias, y, places)
///     backward_input(run, op, batch, dy, y, places, weights, dx)
///     backward_weights(run, op, batch, x, dy, y, places, dweights, dbias)
/// where dy is the gradient of the unit's y.
struct convolution_unit {
    convolution product;
    bool rectified = false;
    bool pooled = false;

    constexpr shape out() const {
        shape const whole = product.out();
        return pooled ? shape{whole.channels, whole.height / 2, whole.width / 2} : whole;
    }
};

} // namespace mcfa
