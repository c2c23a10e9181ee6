// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/arithmetic/pooling.hpp>
#include <mcfa/backend/eigen/convolution/direct/pixel_source.hpp>
#include <mcfa/backend/eigen/convolution/micro/weight_packing.hpp>
#include <mcfa/backend/eigen/products/dense.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>
#include <mcfa/backend/host_loops/chunks.hpp>
#include <mcfa/op/convolution.hpp>

#include <cstddef>
#include <cstdint>

// Convolutions that are one matrix product, computed as the execution's backend computes dense products. For a window of one pixel, a row of x is a pixel. For a window that covers
// the full plane, a row is a sample with its values in the order of the weights, (channel, y, x).
namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {

/// Every sample of `from`, (rows, columns), to `to` as (columns, rows).
template <class T, class Execution>
void transpose_samples(Execution& run, std::size_t batch, std::size_t rows, std::size_t columns, T const* from, T* to) {
    view<T const, 3> const source{from, batch, rows, columns};
    view<T, 3> const target{to, batch, columns, rows};
    run.launch(static_cast<std::int64_t>(batch), [&](std::int64_t n) {
        T const* const in = source[n].data();
        T* const out = target[n].data();
        for (std::size_t c = 0; c < columns; ++c)
            for (std::size_t r = 0; r < rows; ++r) out[c * rows + r] = in[r * columns + c];
    });
}

/// Weights in the order the product reads; a full window's weights take the input's order, so that no forward pass rearranges its input.
template <class T, class S, class Execution>
void prepare_product(Execution& run, convolution const& op, T const* weights, S* prepared) {
    row<T const> ordered{weights, op.weights()};
    if (op.kernel > 1) {
        auto const turned = run.template scratch<T>(turned_operand{}, op.weights());
        transpose_samples(run, op.out_channels, op.in.channels, op.kernel * op.kernel, weights, turned.data());
        ordered = turned;
    }
    compute(run, conversion<T, S>{.x = ordered, .y = {prepared, op.weights()}});
}

/// y = 2x2 maxima of z; if `rectified`, the values of z are rectified already.
template <class T, class Execution>
void pool_planes(Execution& run, planes<T> const& z, bool rectified, planes<T> const& y, std::uint8_t* argmax) {
    std::size_t const rows = y.extent(1), width = y.extent(2), channels = y.extent(3), line = z.extent(2) * channels;
    run.launch(static_cast<std::int64_t>(y.extent(0) * rows), [&](std::int64_t item) {
        std::size_t const n = item / rows, row = item % rows;
        for (std::size_t column = 0; column < width; ++column) {
            T* const to = &y(n, row, column, 0);
            arithmetic::max_pool_2x2(channels, line, channels, &z(n, 2 * row, 2 * column, 0), rectified, to,
                                     argmax ? argmax + (to - y.data()) : nullptr);
        }
    });
}

template <class T, class S, class Execution>
void forward_by_product(Execution& run, convolution_unit const& op, planes<T const> const& x, S const* prepared, T const* bias,
                        planes<T> const& y, std::uint8_t* argmax) {
    shape const out = op.product.out();
    std::size_t const batch = x.extent(0), rows = batch * out.pixels(), depth = x.size() / rows;
    planes<T> z = y;
    if (op.pooled) z = batch_of(run.template scratch<T>(turned_operand{}, rows * out.channels).data(), batch, out);
    compute(run, dense_forward<T, S>{.x = x.as(rows, depth),
                                     .weights = {prepared, out.channels, depth},
                                     .bias = {bias, bias ? out.channels : 0},
                                     .y = z.as(rows, out.channels)});
    if (op.rectified)
        launch_chunks(run, z.size(), [&](std::size_t first, std::size_t last) {
            for (T *at = z.data() + first, *const end = z.data() + last; at < end; ++at) *at = *at < T(0) ? T(0) : *at;
        });
    if (op.pooled) pool_planes(run, z, op.rectified, y, argmax);
}

/// The gradient as one matrix (batch * pixels, output channels).
template <class T, class Execution>
matrix<T const> laid_gradient(Execution& run, std::size_t batch, pixel_source<T> const& dy) {
    shape const s = dy.plane;
    std::size_t const rows = batch * s.pixels();
    if (dy.plain()) return {dy.values, rows, s.channels};
    matrix<T> const laid{run.template scratch<T>(laid_gradient_matrix{}, rows * s.channels).data(), rows, s.channels};
    run.launch(static_cast<std::int64_t>(batch) * s.height, [&](std::int64_t item) {
        dy.read(item / s.height, static_cast<int>(item % s.height), 0, s.width, laid[item * s.width].data());
    });
    return laid;
}

template <class T, class Execution>
void input_gradient_by_product(Execution& run, convolution const& op, std::size_t batch, pixel_source<T> const& dy, T const* weights,
                               T* dx) {
    auto const laid = laid_gradient(run, batch, dy);
    std::size_t const rows = laid.extent(0), depth = op.weights() / op.out_channels;
    T* const to = op.kernel > 1 ? run.template scratch<T>(turned_operand{}, rows * depth).data() : dx;
    compute(run, dense_input_gradient<T>{.dy = laid, .weights = {weights, op.out_channels, depth}, .dx = {to, rows, depth}});
    if (op.kernel > 1) transpose_samples<T>(run, batch, op.in.channels, op.in.pixels(), to, dx);
}

template <class T, class Execution>
void weight_gradient_by_product(Execution& run, convolution const& op, std::size_t batch, T const* x, pixel_source<T> const& dy,
                                T* dweights, row<T> const& dbias) {
    auto const laid = laid_gradient(run, batch, dy);
    std::size_t const rows = laid.extent(0), depth = op.weights() / op.out_channels;
    if (op.kernel > 1) {
        auto const turned = run.template scratch<T>(turned_operand{}, rows * depth);
        transpose_samples(run, batch, op.in.pixels(), op.in.channels, x, turned.data());
        x = turned.data();
    }
    compute(run,
            dense_weight_gradient<T>{.x = {x, rows, depth}, .dy = laid, .dweights = {dweights, op.out_channels, depth}, .dbias = dbias});
}

} // namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS
