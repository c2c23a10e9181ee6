// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/arithmetic/pooling.hpp>
#include <mcfa/backend/device/backend.hpp>
#include <mcfa/backend/device/launch.hpp>
#include <mcfa/op/pooling.hpp>

#include <cstddef>

namespace mcfa {

namespace backend::device {

/// One output value.
template <class T>
struct pool_forward {
    pooling op;
    matrix<T const> x;
    matrix<T> y;
    constexpr void operator()(std::size_t n, int i) const {
        int const channels = op.in.channels, width = op.out().width, c = i % channels, pixel = i / channels;
        arithmetic::pooling_window const window(op, pixel / width, pixel % width);
        T const* const sample = x[n].data();
        T* const target = y[n].data() + (i - c);
        if (op.kind == pooling_kind::maximum) arithmetic::maximum_of_window(op, window, sample, target, c, c + 1);
        else arithmetic::mean_of_window(op, window, sample, target, c, c + 1);
    }
};

/// One value of the input's gradient, gathered from the windows that contain it: no two threads write one address.
template <class T>
struct pool_backward {
    pooling op;
    matrix<T const> x, dy;
    matrix<T> dx;
    constexpr void operator()(std::size_t n, int i) const {
        int const c = i % op.in.channels, pixel = i / op.in.channels;
        dx(n, i) = arithmetic::pooled_gradient_at(op, op.out(), x[n].data(), dy[n].data(), pixel / op.in.width, pixel % op.in.width, c);
    }
};

/// One channel of a non-overlapping 2x2 window, by far the most frequent case.
template <class T>
struct quad_backward {
    pooling op;
    matrix<T const> x, dy;
    matrix<T> dx;
    constexpr void operator()(std::size_t n, int i) const {
        int const channels = op.in.channels, width = op.out().width, c = i % channels, pixel = i / channels;
        std::size_t const corner = arithmetic::pixel_offset(op.in, 2 * (pixel / width), 2 * (pixel % width));
        arithmetic::max_pool_2x2_gradient(1, arithmetic::pixel_offset(op.in, 1, 0), arithmetic::pixel_offset(op.in, 0, 1),
                                          &x(n, corner + c), &dy(n, i), &dx(n, corner + c));
    }
};

} // namespace backend::device

template <class T, backend::device_backend B>
struct kernel<pooling_forward<T>, B> {
    static void run(typename B::execution& run, pooling_forward<T> const& p) {
        backend::device::launch_in_samples(run, p.y.rows(), backend::device::pool_forward<T>{p.op, p.x.rows(), p.y.rows()});
    }
};

template <class T, backend::device_backend B>
struct kernel<pooling_backward<T>, B> {
    static void run(typename B::execution& run, pooling_backward<T> const& p) {
        using namespace backend::device;
        pooling const& op = p.op;
        bool const quads = op.kind == pooling_kind::maximum && op.pad == 0 && op.stride == 2 && op.window_height == 2 &&
                           op.window_width == 2 && op.in.height == 2 * op.out().height && op.in.width == 2 * op.out().width;
        matrix<T const> const x = p.x.rows(), dy = p.dy.rows();
        if (quads) launch_in_samples(run, dy, quad_backward<T>{op, x, dy, p.dx.rows()});
        else launch_in_samples(run, p.dx.rows(), pool_backward<T>{op, x, dy, p.dx.rows()});
    }
};

} // namespace mcfa
