// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/op/kernel.hpp>

#include <cstddef>

namespace mcfa {

/// y = x W^T + bias on rows: x is (batch, in), W is (out, in) as PyTorch stores it, y is (batch, out).
///
/// `kernel<dense_product, B>` has
///     forward(run, op, batch, x, weights, bias, y)
///     backward_input(run, op, batch, dy, weights, dx)            dx = dy W
///     backward_weights(run, op, batch, x, dy, dweights, dbias)   dW = dy^T x, dbias = column sums of dy
/// and for inference from weights stored as `S` (the scalar, or float16 for float):
///     prepare(run, op, weights, S* prepared)      as many values
/// and `forward` from them. Each overwrites its results; `bias` and `dbias` may be null.
struct dense_product {
    int in = 0;
    int out = 0;

    constexpr std::size_t weights() const { return static_cast<std::size_t>(in) * static_cast<std::size_t>(out); }
};

} // namespace mcfa
