// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/narrow_float.hpp>
#include <mcfa/op/pass.hpp>

#include <cstddef>

namespace mcfa {

/// Sizes of a dense layer or head: `in` values of a sample to `out`. Its weights are a matrix (out, in), as PyTorch stores them.
struct dense_product {
    int in = 0;
    int out = 0;

    constexpr std::size_t weights() const { return static_cast<std::size_t>(in) * out; }
};

/// y = x W' + bias.  x (batch, in), weights (out, in), bias (out) or empty, y (batch, out).
/// `Stored` is the scalar, or float16 for float: weights in 16 bits, for inference. In bfloat16 sums and bias are float.
template <class T, class Stored = T>
struct dense_forward {
    matrix<T const> x;
    matrix<Stored const> weights;
    row<sum_of<T> const> bias{};
    matrix<T> y;

    constexpr work describe() const { return {"dense forward", x, y}; }
};

/// dx = dy W.  dy (batch, out), weights (out, in), dx (batch, in).
template <class T>
struct dense_input_gradient {
    matrix<T const> dy, weights;
    matrix<T> dx;

    constexpr work describe() const { return {"dense gradient of the input", dy, dx}; }
};

/// dW = dy' x,  dbias = column sums of dy.  x (batch, in), dy (batch, out), dweights (out, in), dbias (out) or empty.
template <class T>
struct dense_weight_gradient {
    matrix<T const> x, dy;
    matrix<T> dweights;
    row<T> dbias{};

    constexpr work describe() const { return {"dense gradient of the weights", dy, dweights}; }
};

/// y = x, each value as another type: weights or activations in 16 bits, and back.  x and y of one size.
template <class T, class Stored>
struct conversion {
    row<T const> x;
    row<Stored> y;

    constexpr work describe() const { return {"conversion", x, y}; }
};

} // namespace mcfa
