// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/arithmetic/depthwise.hpp>
#include <mcfa/backend/device/backend.hpp>
#include <mcfa/backend/device/column_sums.hpp>
#include <mcfa/backend/device/launch.hpp>
#include <mcfa/op/depthwise.hpp>

#include <cstddef>
#include <cstdint>

namespace mcfa {

namespace backend::device {

/// One output value.
template <class T>
struct depthwise_value {
    depthwise op;
    T const* weights;
    T const* bias;
    matrix<T const> x;
    matrix<T> y;
    constexpr void operator()(std::size_t n, int i) const {
        int const c = i % op.in.channels, pixel = i / op.in.channels, width = op.out().width;
        y(n, i) = arithmetic::depthwise_at(op, x[n].data(), weights, pixel / width, pixel % width, c) + (bias ? bias[c] : T(0));
    }
};

/// One value of the input's gradient.
template <class T>
struct depthwise_gradient {
    depthwise op;
    T const* weights;
    matrix<T const> dy;
    matrix<T> dx;
    constexpr void operator()(std::size_t n, int i) const {
        int const c = i % op.in.channels, pixel = i / op.in.channels;
        dx(n, i) = arithmetic::depthwise_gradient_at(op, dy[n].data(), weights, pixel / op.in.width, pixel % op.in.width, c);
    }
};

/// What one output pixel adds to the gradient of a weight; column k * channels + c is tap k of channel c.
template <class T>
struct depthwise_term {
    depthwise op;
    matrix<T const> x, dy; // a row a sample
    constexpr void operator()(std::int64_t row, int column, double* sums) const {
        shape const out = op.out();
        int const c = column % op.in.channels, k = column / op.in.channels, pixel = static_cast<int>(row % out.pixels());
        std::int64_t const n = row / out.pixels();
        int const iy = arithmetic::tap_input(op, pixel / out.width, k / op.kernel, op.in.height);
        int const ix = arithmetic::tap_input(op, pixel % out.width, k % op.kernel, op.in.width);
        if (iy < 0 || ix < 0) return;
        sums[0] += static_cast<double>(x(n, (iy * op.in.width + ix) * op.in.channels + c) * dy(n, pixel * op.in.channels + c));
    }
};

template <class T>
struct store_tap {
    int channels, taps;
    T* dweights;
    constexpr void operator()(int column, double const* sums) const {
        dweights[column % channels * taps + column / channels] = static_cast<T>(sums[0]);
    }
};

} // namespace backend::device

template <class T, backend::device_backend B>
struct kernel<depthwise_forward<T>, B> {
    static void run(typename B::execution& run, depthwise_forward<T> const& p) {
        backend::device::launch_in_samples(
            run, p.y.rows(), backend::device::depthwise_value<T>{p.op, p.weights.data(), p.bias.data(), p.x.rows(), p.y.rows()});
    }
};

template <class T, backend::device_backend B>
struct kernel<depthwise_input_gradient<T>, B> {
    static void run(typename B::execution& run, depthwise_input_gradient<T> const& p) {
        backend::device::launch_in_samples(run, p.dx.rows(),
                                           backend::device::depthwise_gradient<T>{p.op, p.weights.data(), p.dy.rows(), p.dx.rows()});
    }
};

template <class T, backend::device_backend B>
struct kernel<depthwise_weight_gradient<T>, B> {
    static void run(typename B::execution& run, depthwise_weight_gradient<T> const& p) {
        using namespace backend::device;
        int const channels = p.op.in.channels, taps = p.op.taps();
        auto const pixels = static_cast<std::int64_t>(p.dy.extent(0)) * p.op.out().pixels();
        sum_columns<1>(run, pixels, channels * taps, depthwise_term<T>{p.op, p.x.rows(), p.dy.rows()},
                       store_tap<T>{channels, taps, p.dweights.data()});
        if (!p.dbias.empty())
            sum_columns<1>(run, pixels, channels, value_term<T>{channels, p.dy.data(), nullptr}, store_sum<T>{p.dbias.data()});
    }
};

} // namespace mcfa
