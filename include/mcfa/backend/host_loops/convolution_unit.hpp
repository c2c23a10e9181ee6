// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/arithmetic/activation.hpp>
#include <mcfa/arithmetic/pooling.hpp>
#include <mcfa/backend/host_loops/backend.hpp>
#include <mcfa/op/convolution.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace mcfa {

// A unit as separate operations, for backends without a fused one. Weights are not rearranged.

namespace backend::host_loops {

// Scratch memory.
struct unit_sums {};
struct widened_unit_weights {};

/// body(sample, row, column) for every pixel of the maxima.
template <class T, class Body>
void each_window(planes<T> const& maxima, Body const& body) {
    for (std::size_t n = 0; n < maxima.extent(0); ++n)
        for (std::size_t row = 0; row < maxima.extent(1); ++row)
            for (std::size_t column = 0; column < maxima.extent(2); ++column) body(n, row, column);
}

/// The gradient of a unit's sums z, from that of its result.
template <class T, class Run, class Pass>
planes<T const> gradient_of_sums(Run& run, Pass const& p) {
    if (!p.pooled && !p.rectified) return p.dy;
    shape const full = p.geometry().product.out();
    auto const values = run.template scratch<T>(unit_sums{}, p.dy.extent(0) * full.size());
    auto const dz = batch_of(values.data(), p.dy.extent(0), full);
    if (!p.pooled) {
        for (std::size_t i = 0; i < values.size(); ++i) values[i] = arithmetic::rectified_gradient(p.y.data()[i], p.dy.data()[i]);
        return dz;
    }
    std::fill(values.begin(), values.end(), T(0));
    each_window(p.dy, [&](std::size_t n, std::size_t row, std::size_t column) {
        for (std::size_t c = 0; c < p.dy.extent(3); ++c) {
            std::size_t const at = p.argmax(n, row, column, c);
            if (at != arithmetic::no_argmax) dz(n, 2 * row + at / 2, 2 * column + at % 2, c) = p.dy(n, row, column, c);
        }
    });
    return dz;
}

} // namespace backend::host_loops

template <class T, backend::host_backend B>
struct kernel<unit_forward<T>, B> {
    static void run(typename B::execution& run, unit_forward<T> const& p) {
        shape const full = p.geometry().product.out();
        planes<T> z = p.y;
        if (p.pooled)
            z = batch_of(run.template scratch<T>(backend::host_loops::unit_sums{}, p.y.extent(0) * full.size()).data(), p.y.extent(0),
                         full);
        compute(run, convolution_forward<T>{.x = p.x, .weights = p.weights, .bias = p.bias, .y = z, .stride = p.stride, .pad = p.pad});
        if (p.rectified)
            for (T& value : z) value = arithmetic::rectified(value);
        if (!p.pooled) return;
        std::size_t const channels = z.extent(3), line = z.extent(2) * channels;
        backend::host_loops::each_window(p.y, [&](std::size_t n, std::size_t row, std::size_t column) {
            arithmetic::max_pool_2x2(channels, line, channels, &z(n, 2 * row, 2 * column, 0), p.rectified, &p.y(n, row, column, 0),
                                     p.argmax.empty() ? nullptr : &p.argmax(n, row, column, 0));
        });
    }
};

template <class T, backend::host_backend B>
struct kernel<unit_input_gradient<T>, B> {
    static void run(typename B::execution& run, unit_input_gradient<T> const& p) {
        compute(run, convolution_input_gradient<T>{.dy = backend::host_loops::gradient_of_sums<T>(run, p),
                                                   .weights = p.weights,
                                                   .dx = p.dx,
                                                   .stride = p.stride,
                                                   .pad = p.pad});
    }
};

template <class T, backend::host_backend B>
struct kernel<unit_weight_gradient<T>, B> {
    static void run(typename B::execution& run, unit_weight_gradient<T> const& p) {
        compute(run, convolution_weight_gradient<T>{.x = p.x,
                                                    .dy = backend::host_loops::gradient_of_sums<T>(run, p),
                                                    .dweights = p.dweights,
                                                    .dbias = p.dbias,
                                                    .stride = p.stride,
                                                    .pad = p.pad});
    }
};

template <class T, class Stored, backend::host_backend B>
struct kernel<unit_preparation<T, Stored>, B> {
    static prepared_layout layout(convolution_unit const& op, weights_form, int) { return {0, op.product.weights()}; }

    static void run(typename B::execution&, unit_preparation<T, Stored> const& p) {
        std::transform(p.weights.begin(), p.weights.end(), p.prepared.begin(), [](T value) { return Stored(value); });
    }
};

template <std::floating_point T, class Stored, backend::host_backend B>
struct kernel<unit_forward_prepared<T, Stored>, B> {
    static void run(typename B::execution& run, unit_forward_prepared<T, Stored> const& p) {
        convolution const op = p.geometry().product;
        T const* weights;
        if constexpr (std::is_same_v<T, Stored>) {
            weights = p.prepared.data();
        } else {
            auto const wide = run.template scratch<T>(backend::host_loops::widened_unit_weights{}, p.prepared.size());
            std::transform(p.prepared.begin(), p.prepared.end(), wide.begin(), [](Stored value) { return static_cast<T>(value); });
            weights = wide.data();
        }
        compute(run, unit_forward<T>{.x = p.x,
                                     .weights = weights_of(op, weights),
                                     .bias = p.bias,
                                     .y = p.y,
                                     .stride = p.stride,
                                     .pad = p.pad,
                                     .rectified = p.rectified,
                                     .pooled = p.pooled});
    }
};

} // namespace mcfa
