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

/// One channel of one window: the maximum of four values, rectified if the unit rectifies.
template <class T>
struct unit_maximum {
    shape full, out;
    bool rectified;
    T const* values;
    T* y;
    std::uint8_t* argmax;
    constexpr void operator()(std::size_t n, int i) const {
        int const c = i % out.channels, pixel = i / out.channels;
        T const* const corner =
            values + n * full.size() + arithmetic::pixel_offset(full, 2 * (pixel / out.width), 2 * (pixel % out.width)) + c;
        std::size_t const line = arithmetic::pixel_offset(full, 1, 0), at = n * out.size() + i;
        T const quad[4]{corner[0], corner[full.channels], corner[line], corner[line + full.channels]};
        arithmetic::max_pool_2x2(1, 2, 1, quad, rectified, y + at, argmax ? argmax + at : nullptr);
    }
};

/// One value of the gradient of the sums before rectifier and maximum: zero except at the window's maximum.
template <class T>
struct unit_gradient {
    shape full, out;
    T const* dy;
    std::uint8_t const* argmax;
    T* dz;
    constexpr void operator()(std::size_t n, int i) const {
        int const c = i % full.channels, pixel = i / full.channels;
        int const row = pixel / full.width, column = pixel % full.width;
        T gradient = T(0);
        if (row / 2 < out.height && column / 2 < out.width) {
            std::size_t const at = n * out.size() + arithmetic::pixel_offset(out, row / 2, column / 2) + c;
            if (argmax[at] == row % 2 * 2 + column % 2) gradient = dy[at];
        }
        dz[n * full.size() + i] = gradient;
    }
};

/// The destination of a unit's sums: y itself if no maximum follows.
template <class T, class Run>
planes<T> sums_of_unit(Run& run, convolution_unit const& op, planes<T> const& y) {
    if (!op.pooled) return y;
    shape const full = op.product.out();
    return batch_of(run.template scratch<T>(unit_sums{}, y.extent(0) * full.size()).data(), y.extent(0), full);
}

template <class T, class Run>
void pool_sums(Run& run, convolution_unit const& op, planes<T> const& z, planes<T> const& y, std::uint8_t* argmax) {
    if (!op.pooled) return;
    shape const out = op.out();
    launch_in_samples(run, static_cast<int>(y.extent(0)), out.size(),
                      unit_maximum<T>{op.product.out(), out, op.rectified, z.data(), y.data(), argmax});
}

/// The gradient of a unit's sums, from that of its result.
template <class T, class Run, class Pass>
planes<T const> gradient_of_sums(Run& run, Pass const& p) {
    if (!p.pooled && !p.rectified) return p.dy;
    convolution_unit const op = p.geometry();
    shape const full = op.product.out();
    std::size_t const batch = p.dy.extent(0);
    auto const dz = batch_of(run.template scratch<T>(unit_sums{}, batch * full.size()).data(), batch, full);
    if (p.pooled)
        launch_in_samples(run, static_cast<int>(batch), full.size(),
                          unit_gradient<T>{full, op.out(), p.dy.data(), p.argmax.data(), dz.data()});
    else launch_each(run, dz.size(), rectify_gradient<T>{p.y.data(), p.dy.data(), dz.data()});
    return dz;
}

} // namespace backend::device

// A unit is a convolution and one launch.

template <class T, backend::device_backend B>
struct kernel<unit_forward<T>, B> {
    static void run(typename B::execution& run, unit_forward<T> const& p) {
        using namespace backend::device;
        convolution_unit const op = p.geometry();
        auto const z = sums_of_unit(run, op, p.y);
        convolve<T>(run, op.product, p.x, taps_first<T>(run, as_product(op.product), p.weights), p.bias, op.rectified, z);
        pool_sums(run, op, z, p.y, p.argmax.data());
    }
};

template <class T, backend::device_backend B>
struct kernel<unit_input_gradient<T>, B> {
    static void run(typename B::execution& run, unit_input_gradient<T> const& p) {
        kernel<convolution_input_gradient<T>, B>::run(
            run, {.dy = backend::device::gradient_of_sums<T>(run, p), .weights = p.weights, .dx = p.dx, .stride = p.stride, .pad = p.pad});
    }
};

template <class T, backend::device_backend B>
struct kernel<unit_weight_gradient<T>, B> {
    static void run(typename B::execution& run, unit_weight_gradient<T> const& p) {
        kernel<convolution_weight_gradient<T>, B>::run(run, {.x = p.x,
                                                             .dy = backend::device::gradient_of_sums<T>(run, p),
                                                             .dweights = p.dweights,
                                                             .dbias = p.dbias,
                                                             .stride = p.stride,
                                                             .pad = p.pad});
    }
};

/// Prepared weights are in the order (out, ky, kx, in).
template <class T, class Stored, backend::device_backend B>
struct kernel<unit_preparation<T, Stored>, B> {
    static prepared_layout layout(convolution_unit const& op, weights_form, int) { return {0, op.product.weights()}; }

    static void run(typename B::execution& run, unit_preparation<T, Stored> const& p) {
        using namespace backend::device;
        int const out = static_cast<int>(p.weights.extent(0)), in = static_cast<int>(p.weights.extent(1));
        int const taps = static_cast<int>(p.weights.extent(2) * p.weights.extent(3));
        if constexpr (std::is_same_v<T, Stored>) {
            launch_transpose(run, out, in, taps, p.weights.data(), p.prepared.data());
        } else {
            auto const turned = run.template scratch<T>(unit_weights{}, p.weights.size());
            launch_transpose(run, out, in, taps, p.weights.data(), turned.data());
            launch_each(run, p.prepared.size(), store_value<T, Stored>{turned.data(), p.prepared.data()});
        }
    }
};

template <class T, class Stored, backend::device_backend B>
struct kernel<unit_forward_prepared<T, Stored>, B> {
    static void run(typename B::execution& run, unit_forward_prepared<T, Stored> const& p) {
        using namespace backend::device;
        convolution_unit const op = p.geometry();
        auto const z = sums_of_unit(run, op, p.y);
        convolve<T>(run, op.product, p.x, as_scalars<T>(run, unit_weights{}, p.prepared.size(), p.prepared.data()), p.bias, op.rectified,
                    z);
        pool_sums(run, op, z, p.y, nullptr);
    }
};

} // namespace mcfa
