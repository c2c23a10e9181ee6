// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/backend.hpp>
#include <mcfa/backend/eigen/convolution/direct/pixel_source.hpp>
#include <mcfa/backend/eigen/convolution/micro/weight_packing.hpp>
#include <mcfa/backend/eigen/products/dense.hpp>
#include <mcfa/op/convolution.hpp>

#include <cstddef>
#include <cstdint>

namespace mcfa::backend::eigen_engine {

/// Every sample of `from`, (rows, columns), to `to` as (columns, rows).
template <class T>
void transpose_samples(eigen::execution& run, int batch, int rows, int columns, T const* from, T* to) {
    auto const size = static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns);
    run.launch(batch, [&](std::int64_t n) {
        T const* const source = from + static_cast<std::size_t>(n) * size;
        T* const target = to + static_cast<std::size_t>(n) * size;
        for (int c = 0; c < columns; ++c)
            for (int r = 0; r < rows; ++r) target[c * rows + r] = source[r * columns + c];
    });
}

/// Weights in the order of the input, so that no pass forward rearranges its input.
template <class T, class S>
void prepare_whole(eigen::execution& run, convolution const& op, T const* weights, S* prepared) {
    auto const turned = run.template scratch<T>(turned_operand{}, op.weights());
    transpose_samples(run, op.out_channels, op.in.channels, op.in.pixels(), weights, turned.data());
    compute(run, conversion<T, S>{.x = turned, .y = {prepared, turned.size()}});
}

template <class T, class S>
void forward_whole(eigen::execution& run, convolution_unit const& op, int batch, T const* x, S const* prepared, T const* bias, T* y) {
    int const out = op.product.out_channels;
    std::size_t const depth = op.product.in.size();
    compute(run, dense_forward<T, S>{
                     .x = {x, batch, depth}, .weights = {prepared, out, depth}, .bias = {bias, bias ? out : 0}, .y = {y, batch, out}});
    auto const size = static_cast<std::size_t>(batch) * op.out().size();
    for (std::size_t i = 0; op.rectified && i < size; ++i) y[i] = y[i] < T(0) ? T(0) : y[i];
}

/// The gradient as one matrix (batch, output channels).
template <class T>
T const* laid_gradient(eigen::execution& run, int batch, pixel_source<T> const& dy) {
    if (dy.plain()) return dy.values;
    auto const laid = run.template scratch<T>(laid_gradient_matrix{}, static_cast<std::size_t>(batch) * dy.plane.size());
    for (std::size_t n = 0; n < static_cast<std::size_t>(batch); ++n) dy.read(n, 0, 0, 1, laid.data() + n * dy.plane.size());
    return laid.data();
}

template <class T>
void backward_input_whole(eigen::execution& run, convolution_unit const& op, int batch, pixel_source<T> const& dy, T const* weights,
                          T* dx) {
    auto const turned = run.template scratch<T>(turned_operand{}, static_cast<std::size_t>(batch) * op.product.in.size());
    int const out = op.product.out_channels;
    std::size_t const depth = op.product.in.size();
    compute(run, dense_input_gradient<T>{.dy = {laid_gradient(run, batch, dy), batch, out},
                                         .weights = {weights, out, depth},
                                         .dx = {turned.data(), batch, depth}});
    transpose_samples(run, batch, op.product.in.channels, op.product.in.pixels(), static_cast<T const*>(turned.data()), dx);
}

template <class T>
void backward_weights_whole(eigen::execution& run, convolution_unit const& op, int batch, T const* x, pixel_source<T> const& dy,
                            T* dweights, T* dbias) {
    auto const turned = run.template scratch<T>(turned_operand{}, static_cast<std::size_t>(batch) * op.product.in.size());
    transpose_samples(run, batch, op.product.in.pixels(), op.product.in.channels, x, turned.data());
    int const out = op.product.out_channels;
    std::size_t const depth = op.product.in.size();
    compute(run, dense_weight_gradient<T>{.x = {turned.data(), batch, depth},
                                          .dy = {laid_gradient(run, batch, dy), batch, out},
                                          .dweights = {dweights, out, depth},
                                          .dbias = {dbias, dbias ? out : 0}});
}

} // namespace mcfa::backend::eigen_engine
