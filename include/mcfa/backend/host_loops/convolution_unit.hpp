// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/arithmetic/activation.hpp>
#include <mcfa/arithmetic/pooling.hpp>
#include <mcfa/backend/host_loops/backend.hpp>
#include <mcfa/op/convolution.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace mcfa {

/// A unit as its parts, one after the other, for backends that have no way of their own to join them. Weights are prepared as they are.
template <backend::host_backend B>
struct kernel<convolution_unit, B> {
    using execution = typename B::execution;
    using parts = kernel<convolution, B>;

    template <class T, class S>
    static prepared_layout layout(convolution_unit const& op, weights_form, int) {
        return {0, op.product.weights()};
    }

    template <class T, class S>
    static void prepare(execution&, convolution_unit const&, prepared_layout const& layout, T const* weights, S* prepared) {
        for (std::size_t i = 0; i < layout.size; ++i) prepared[i] = S(weights[i]);
    }

    template <class T, class S>
    static void forward_prepared(execution& run, convolution_unit const& op, prepared_layout const& layout, int batch, T const* x,
                                 S const* prepared, T const* bias, T* y) {
        if constexpr (std::is_same_v<T, S>) {
            forward(run, op, batch, x, prepared, bias, y, nullptr);
        } else {
            auto const weights = run.template scratch<T>(turned_weights{}, layout.size);
            for (std::size_t i = 0; i < layout.size; ++i) weights[i] = static_cast<T>(prepared[i]);
            forward(run, op, batch, x, static_cast<T const*>(weights.data()), bias, y, nullptr);
        }
    }

    template <class T>
    static void forward(execution& run, convolution_unit const& op, int batch, T const* x, T const* weights, T const* bias, T* y,
                        std::uint8_t* places) {
        shape const whole = op.product.out(), out = op.out();
        std::size_t const size = static_cast<std::size_t>(batch) * whole.size();
        T* const z = op.pooled ? run.template scratch<T>(unit_sums{}, size).data() : y;
        parts::forward(run, op.product, batch, x, weights, bias, z);
        for (std::size_t i = 0; op.rectified && i < size; ++i) z[i] = arithmetic::rectified(z[i]);
        if (!op.pooled) return;
        auto const channels = static_cast<std::size_t>(whole.channels);
        std::size_t const line = arithmetic::pixel_offset(whole, 1, 0);
        each_window(batch, out, [&](std::size_t n, int row, int column, std::size_t at) {
            arithmetic::maximum_of_quad(channels, line, channels,
                                        z + n * whole.size() + arithmetic::pixel_offset(whole, 2 * row, 2 * column), op.rectified, y + at,
                                        places ? places + at : nullptr);
        });
    }

    template <class T>
    static void backward_input(execution& run, convolution_unit const& op, int batch, T const* dy, T const* y, std::uint8_t const* places,
                               T const* weights, T* dx) {
        parts::backward_input(run, op.product, batch, gradient_of_sums(run, op, batch, dy, y, places), weights, dx);
    }

    template <class T>
    static void backward_weights(execution& run, convolution_unit const& op, int batch, T const* x, T const* dy, T const* y,
                                 std::uint8_t const* places, T* dweights, T* dbias) {
        parts::backward_weights(run, op.product, batch, x, gradient_of_sums(run, op, batch, dy, y, places), dweights, dbias);
    }

private:
    // Scratch memory.
    struct unit_sums {};
    struct turned_weights {};

    template <class T>
    static T const* gradient_of_sums(execution& run, convolution_unit const& op, int batch, T const* dy, T const* y,
                                     std::uint8_t const* places) {
        if (!op.pooled && !op.rectified) return dy;
        shape const whole = op.product.out(), out = op.out();
        std::size_t const size = static_cast<std::size_t>(batch) * whole.size();
        T* const dz = run.template scratch<T>(unit_sums{}, size).data();
        if (!op.pooled) {
            for (std::size_t i = 0; i < size; ++i) dz[i] = arithmetic::rectified_gradient(y[i], dy[i]);
            return dz;
        }
        std::fill_n(dz, size, T(0));
        each_window(batch, out, [&](std::size_t n, int row, int column, std::size_t at) {
            for (int c = 0; c < whole.channels; ++c) {
                auto const i = at + static_cast<std::size_t>(c);
                if (places[i] == arithmetic::no_place) continue;
                dz[n * whole.size() + arithmetic::pixel_offset(whole, 2 * row + places[i] / 2, 2 * column + places[i] % 2) +
                   static_cast<std::size_t>(c)] = dy[i];
            }
        });
        return dz;
    }

    /// body(sample, row, column, place of its first channel) for every pixel of the maxima.
    template <class Body>
    static void each_window(int batch, shape out, Body const& body) {
        for (std::size_t n = 0; n < static_cast<std::size_t>(batch); ++n)
            for (int row = 0; row < out.height; ++row)
                for (int column = 0; column < out.width; ++column)
                    body(n, row, column, n * out.size() + arithmetic::pixel_offset(out, row, column));
    }
};

} // namespace mcfa
