// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/op/convolution.hpp>
#include <mcfa/op/dense.hpp>

// The passes of a layer's operation, under one name for convolutions and dense layers, on arrays; `bias` and `dbias` may be null.
namespace benchmarks {

template <class Run, class T>
void forward(Run& run, mcfa::convolution const& op, int batch, T const* x, T const* w, T const* bias, T* y) {
    compute(run, mcfa::convolution_forward<T>{.x = batch_of(x, batch, op.in),
                                              .weights = weights_of(op, w),
                                              .bias = {bias, bias ? op.out_channels : 0},
                                              .y = batch_of(y, batch, op.out()),
                                              .stride = op.stride,
                                              .pad = op.pad});
}
template <class Run, class T>
void input_gradient(Run& run, mcfa::convolution const& op, int batch, T const* dy, T const* w, T* dx) {
    compute(run, mcfa::convolution_input_gradient<T>{.dy = batch_of(dy, batch, op.out()),
                                                     .weights = weights_of(op, w),
                                                     .dx = batch_of(dx, batch, op.in),
                                                     .stride = op.stride,
                                                     .pad = op.pad});
}
template <class Run, class T>
void weight_gradient(Run& run, mcfa::convolution const& op, int batch, T const* x, T const* dy, T* dw, T* dbias) {
    compute(run, mcfa::convolution_weight_gradient<T>{.x = batch_of(x, batch, op.in),
                                                      .dy = batch_of(dy, batch, op.out()),
                                                      .dweights = weights_of(op, dw),
                                                      .dbias = {dbias, dbias ? op.out_channels : 0},
                                                      .stride = op.stride,
                                                      .pad = op.pad});
}

template <class Run, class T>
void forward(Run& run, mcfa::dense_product const& op, int batch, T const* x, T const* w, T const* bias, T* y) {
    compute(run, mcfa::dense_forward<T>{
                     .x = {x, batch, op.in}, .weights = {w, op.out, op.in}, .bias = {bias, bias ? op.out : 0}, .y = {y, batch, op.out}});
}
template <class Run, class T>
void input_gradient(Run& run, mcfa::dense_product const& op, int batch, T const* dy, T const* w, T* dx) {
    compute(run, mcfa::dense_input_gradient<T>{.dy = {dy, batch, op.out}, .weights = {w, op.out, op.in}, .dx = {dx, batch, op.in}});
}
template <class Run, class T>
void weight_gradient(Run& run, mcfa::dense_product const& op, int batch, T const* x, T const* dy, T* dw, T* dbias) {
    compute(run,
            mcfa::dense_weight_gradient<T>{
                .x = {x, batch, op.in}, .dy = {dy, batch, op.out}, .dweights = {dw, op.out, op.in}, .dbias = {dbias, dbias ? op.out : 0}});
}

} // namespace benchmarks
