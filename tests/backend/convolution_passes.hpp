// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/op/convolution.hpp>

namespace mcfa::test {

/// The passes of a convolution on arrays, one after the other: `bias` and `dbias` may be null.
template <class Run, class T>
void convolve(Run& run, convolution const& op, int batch, T const* x, T const* weights, T const* bias, T* y) {
    compute(run, convolution_forward<T>{.x = batch_of(x, batch, op.in),
                                        .weights = weights_of(op, weights),
                                        .bias = {bias, bias ? op.out_channels : 0},
                                        .y = batch_of(y, batch, op.out()),
                                        .stride = op.stride,
                                        .pad = op.pad});
}
template <class Run, class T>
void convolve_gradients(Run& run, convolution const& op, int batch, T const* x, T const* dy, T const* weights, T* dx, T* dweights,
                        T* dbias) {
    auto const upper = batch_of(dy, batch, op.out());
    compute(run,
            convolution_input_gradient<T>{
                .dy = upper, .weights = weights_of(op, weights), .dx = batch_of(dx, batch, op.in), .stride = op.stride, .pad = op.pad});
    compute(run, convolution_weight_gradient<T>{.x = batch_of(x, batch, op.in),
                                                .dy = upper,
                                                .dweights = weights_of(op, dweights),
                                                .dbias = {dbias, dbias ? op.out_channels : 0},
                                                .stride = op.stride,
                                                .pad = op.pad});
}

} // namespace mcfa::test
