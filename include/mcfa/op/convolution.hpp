// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/narrow_float.hpp>
#include <mcfa/core/shape.hpp>
#include <mcfa/op/pass.hpp>

#include <cstddef>
#include <cstdint>

namespace mcfa {

/// Sizes of a convolution: cross-correlation with zero padding, as every deep-learning framework defines "convolution".
/// Activations are planes (batch, height, width, channels); weights are (out, in, kernel, kernel), as PyTorch stores them.
struct convolution {
    shape in;
    int out_channels = 0;
    int kernel = 3;
    int stride = 1;
    int pad = 1;

    constexpr shape out() const {
        return {out_channels, (in.height + 2 * pad - kernel) / stride + 1, (in.width + 2 * pad - kernel) / stride + 1};
    }
    constexpr std::size_t weights() const { return shape{out_channels, in.channels, kernel * kernel}.size(); }
};

/// A convolution and what follows it, in one pass over its output:
///     z = conv(x) + bias;   a = rectified ? max(z, 0) : z;   y = pooled ? 2x2 maximum of a, stride 2 : a
/// A last odd row or column of `a` belongs to no maximum.
struct convolution_unit {
    convolution product;
    bool rectified = false;
    bool pooled = false;

    constexpr shape out() const {
        shape const full = product.out();
        return pooled ? shape{full.channels, full.height / 2, full.width / 2} : full;
    }
};

/// The weights of a convolution: (out, in, kernel, kernel).
template <class T>
constexpr view<T, 4> weights_of(convolution const& op, T* values) {
    return {values, op.out_channels, op.in.channels, op.kernel, op.kernel};
}
/// Sizes of the convolution of planes `x` by `weights`.
template <class T, class U>
constexpr convolution convolution_of(planes<T> const& x, view<U, 4> const& weights, int stride, int pad) {
    return {sample_shape(x), static_cast<int>(weights.extent(0)), static_cast<int>(weights.extent(2)), stride, pad};
}

/// y[n, oy, ox, o] = bias[o] + sum over ky, kx, i of x[n, oy * stride + ky - pad, ox * stride + kx - pad, i] * weights[o, i, ky, kx],
/// zero where x ends.  x (batch, height, width, in), weights (out, in, kernel, kernel), bias (out) or empty, y (batch, ..., out).
template <class T>
struct convolution_forward {
    planes<T const> x;
    view<T const, 4> weights;
    row<T const> bias{};
    planes<T> y;
    int stride = 1, pad = 0;

    constexpr convolution geometry() const { return convolution_of(x, weights, stride, pad); }
    constexpr work describe() const { return {"convolution forward", x, y}; }
};

/// dx[n, iy, ix, i] = sum over o, ky, kx of dy[n, (iy + pad - ky) / stride, (ix + pad - kx) / stride, o] * weights[o, i, ky, kx],
/// over whole quotients within dy.
template <class T>
struct convolution_input_gradient {
    planes<T const> dy;
    view<T const, 4> weights;
    planes<T> dx;
    int stride = 1, pad = 0;

    constexpr convolution geometry() const { return convolution_of(dx, weights, stride, pad); }
    constexpr work describe() const { return {"convolution gradient of the input", dy, dx}; }
};

/// dweights[o, i, ky, kx] = sum over n, oy, ox of dy[n, oy, ox, o] * x[n, oy * stride + ky - pad, ox * stride + kx - pad, i],
/// dbias = sums of dy by channel.  dbias (out) or empty.
template <class T>
struct convolution_weight_gradient {
    planes<T const> x, dy;
    view<T, 4> dweights;
    row<T> dbias{};
    int stride = 1, pad = 0;

    constexpr convolution geometry() const { return convolution_of(x, dweights, stride, pad); }
    constexpr work describe() const { return {"convolution gradient of the weights", dy, dweights}; }
};

/// y = unit(x), see `convolution_unit`. `argmax` has a byte for each value of a pooled y: the number, 0 to 3 in reading order, of the
/// maximum within its window, of equal ones the first, or 4 where the rectifier cut it; empty if no gradient is wanted or y is not pooled.
template <class T>
struct unit_forward {
    planes<T const> x;
    view<T const, 4> weights;
    row<T const> bias{};
    planes<T> y;
    planes<std::uint8_t> argmax{};
    int stride = 1, pad = 0;
    bool rectified = false, pooled = false;

    constexpr convolution_unit geometry() const { return {convolution_of(x, weights, stride, pad), rectified, pooled}; }
    constexpr work describe() const { return {"convolution unit forward", x, y}; }
};

/// dx from the gradient dy of the unit's y: dz = dy where y > 0 (rectified), at the maxima (pooled), and then as for a convolution.
template <class T>
struct unit_input_gradient {
    planes<T const> dy, y;
    planes<std::uint8_t const> argmax{};
    view<T const, 4> weights;
    planes<T> dx;
    int stride = 1, pad = 0;
    bool rectified = false, pooled = false;

    constexpr convolution_unit geometry() const { return {convolution_of(dx, weights, stride, pad), rectified, pooled}; }
    constexpr work describe() const { return {"convolution unit gradient of the input", dy, dx}; }
};

/// dweights and dbias from the gradient dy of the unit's y.
template <class T>
struct unit_weight_gradient {
    planes<T const> x, dy, y;
    planes<std::uint8_t const> argmax{};
    view<T, 4> dweights;
    row<T> dbias{};
    int stride = 1, pad = 0;
    bool rectified = false, pooled = false;

    constexpr convolution_unit geometry() const { return {convolution_of(x, dweights, stride, pad), rectified, pooled}; }
    constexpr work describe() const { return {"convolution unit gradient of the weights", dy, dweights}; }
};

/// How much memory prepared weights may take: `fast` may enlarge them (Winograd's F(4x4, 3x3) takes 4 values for one), `lean` does not.
enum class weights_form { fast, lean };

/// Weights as a backend lays them out once for many passes: its own number for how, and how many values they take.
struct prepared_layout {
    int algorithm = 0;
    std::size_t size = 0;
};

/// Lays weights out once for many passes of inference, stored as `Stored`: the scalar, or for float float16 or bfloat16, of which the latter are
/// for passes in bfloat16.  prepared (layout.size).
/// `kernel<unit_preparation<T, Stored>, B>::layout(convolution_unit, weights_form, batch)` says how the backend lays them out for passes
/// over about that many samples.
template <class T, class Stored>
struct unit_preparation {
    view<T const, 4> weights;
    row<Stored> prepared;
    prepared_layout layout;

    constexpr work describe() const { return {"preparation of weights", weights, prepared}; }
};

/// y = unit(x) from prepared weights of `kernel` x `kernel`; x may have any height and width that the window fits. In bfloat16, where T and
/// `Stored` are bfloat16, sums and bias are float, and y is what the rounded sums become.
template <class T, class Stored>
struct unit_forward_prepared {
    planes<T const> x;
    row<Stored const> prepared;
    prepared_layout layout;
    row<sum_of<T> const> bias{};
    planes<T> y;
    int kernel = 3, stride = 1, pad = 0;
    bool rectified = false, pooled = false;

    constexpr convolution_unit geometry() const {
        return {{sample_shape(x), static_cast<int>(y.extent(3)), kernel, stride, pad}, rectified, pooled};
    }
    constexpr work describe() const { return {"convolution unit forward", x, y}; }
};

} // namespace mcfa
