// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/arithmetic/pooling.hpp>
#include <mcfa/backend/device/activation.hpp>
#include <mcfa/backend/device/convolution.hpp>
#include <mcfa/backend/device/stored.hpp>

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace mcfa {

namespace backend::device {

// Scratch memory.
struct unit_sums {};
struct unit_weights {};

/// One channel of one window: the maximum of four values, which are rectified where the unit is.
template <class T>
struct unit_maximum {
    shape whole, out;
    bool rectified;
    T const* values;
    T* y;
    std::uint8_t* places;
    constexpr void operator()(std::size_t n, int i) const {
        int const c = i % out.channels, pixel = i / out.channels;
        T const* const corner = values + n * whole.size() +
                                arithmetic::pixel_offset(whole, 2 * (pixel / out.width), 2 * (pixel % out.width)) +
                                static_cast<std::size_t>(c);
        std::size_t const line = arithmetic::pixel_offset(whole, 1, 0), at = n * out.size() + static_cast<std::size_t>(i);
        T const quad[4]{corner[0], corner[whole.channels], corner[line], corner[line + static_cast<std::size_t>(whole.channels)]};
        arithmetic::maximum_of_quad(1, 2, 1, quad, rectified, y + at, places ? places + at : nullptr);
    }
};

/// One value of the gradient of the sums before rectifier and maximum: nothing but at a window's place.
template <class T>
struct unit_gradient {
    shape whole, out;
    T const* dy;
    std::uint8_t const* places;
    T* dz;
    constexpr void operator()(std::size_t n, int i) const {
        int const c = i % whole.channels, pixel = i / whole.channels;
        int const row = pixel / whole.width, column = pixel % whole.width;
        T gradient = T(0);
        if (row / 2 < out.height && column / 2 < out.width) {
            std::size_t const at = n * out.size() + arithmetic::pixel_offset(out, row / 2, column / 2) + static_cast<std::size_t>(c);
            if (places[at] == row % 2 * 2 + column % 2) gradient = dy[at];
        }
        dz[n * whole.size() + static_cast<std::size_t>(i)] = gradient;
    }
};

} // namespace backend::device

/// A unit as a convolution and one launch. Prepared weights are in the order (out, ky, kx, in).
template <backend::device_backend B>
struct kernel<convolution_unit, B> {
    using execution = typename B::execution;
    using parts = kernel<convolution, B>;

    template <class T, class S>
    static prepared_layout layout(convolution_unit const& op, weights_form, int) {
        return {0, op.product.weights()};
    }

    template <class T, class S>
    static void prepare(execution& run, convolution_unit const& op, prepared_layout const& layout, T const* weights, S* prepared) {
        using namespace backend::device;
        run.now({"weights prepared", 1, op.product.in, op.product.out()});
        as_product const p(op.product);
        if constexpr (std::is_same_v<T, S>) {
            launch_transpose(run, op.product.out_channels, op.product.in.channels, p.taps(), weights, prepared);
        } else {
            auto const turned = run.template scratch<T>(unit_weights{}, layout.size);
            launch_transpose(run, op.product.out_channels, op.product.in.channels, p.taps(), weights, turned.data());
            launch_each(run, layout.size, store_value<T, S>{turned.data(), prepared});
        }
    }

    template <class T, class S>
    static void forward_prepared(execution& run, convolution_unit const& op, prepared_layout const& layout, int batch, T const* x,
                                 S const* prepared, T const* bias, T* y) {
        using namespace backend::device;
        T* const z = sums(run, op, batch, y);
        parts::forward_from(run, op.product, batch, x, as_scalars<T>(run, unit_weights{}, layout.size, prepared), bias, op.rectified, z);
        finish(run, op, batch, z, y, nullptr);
    }

    template <class T>
    static void forward(execution& run, convolution_unit const& op, int batch, T const* x, T const* weights, T const* bias, T* y,
                        std::uint8_t* places) {
        T* const z = sums(run, op, batch, y);
        parts::forward_rectified(run, op.product, batch, x, weights, bias, op.rectified, z);
        finish(run, op, batch, z, y, places);
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
    template <class T>
    static T* sums(execution& run, convolution_unit const& op, int batch, T* y) {
        if (!op.pooled) return y;
        return run.template scratch<T>(backend::device::unit_sums{}, static_cast<std::size_t>(batch) * op.product.out().size()).data();
    }

    template <class T>
    static void finish(execution& run, convolution_unit const& op, int batch, T* z, T* y, std::uint8_t* places) {
        using namespace backend::device;
        shape const whole = op.product.out(), out = op.out();
        run.now({"end of a convolution unit", batch, whole, out});
        if (op.pooled) launch_in_samples(run, batch, out.size(), unit_maximum<T>{whole, out, op.rectified, z, y, places});
    }

    template <class T>
    static T const* gradient_of_sums(execution& run, convolution_unit const& op, int batch, T const* dy, T const* y,
                                     std::uint8_t const* places) {
        using namespace backend::device;
        if (!op.pooled && !op.rectified) return dy;
        shape const whole = op.product.out(), out = op.out();
        std::size_t const size = static_cast<std::size_t>(batch) * whole.size();
        T* const dz = run.template scratch<T>(unit_sums{}, size).data();
        run.now({"end of a convolution unit, gradient", batch, whole, out});
        if (op.pooled) launch_in_samples(run, batch, whole.size(), unit_gradient<T>{whole, out, dy, places, dz});
        else launch_each(run, size, rectify_gradient<T>{y, dy, dz});
        return dz;
    }
};

} // namespace mcfa
