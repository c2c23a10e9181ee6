// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/arithmetic/pooling.hpp>
#include <mcfa/backend/device/backend.hpp>
#include <mcfa/backend/device/launch.hpp>

#include <cstddef>

namespace mcfa {

namespace backend::device {

/// One output value.
template <class T>
struct pool_forward {
    pooling op;
    shape out;
    T const* x;
    T* y;
    constexpr void operator()(std::size_t n, int i) const {
        int const c = i % out.channels, pixel = i / out.channels;
        arithmetic::pooling_window const window(op, pixel / out.width, pixel % out.width);
        T const* const sample = x + n * op.in.size();
        T* const target = y + n * out.size() + static_cast<std::size_t>(i - c);
        if (op.kind == pooling_kind::maximum) arithmetic::maximum_of_window(op, window, sample, target, c, c + 1);
        else arithmetic::mean_of_window(op, window, sample, target, c, c + 1);
    }
};

/// One value of the input's gradient, gathered from the windows that see it: no two threads write one place.
template <class T>
struct pool_backward {
    pooling op;
    shape out;
    T const* x;
    T const* dy;
    T* dx;
    constexpr void operator()(std::size_t n, int i) const {
        int const c = i % op.in.channels, pixel = i / op.in.channels;
        dx[n * op.in.size() + static_cast<std::size_t>(i)] =
            arithmetic::pooled_gradient_at(op, out, x + n * op.in.size(), dy + n * out.size(), pixel / op.in.width, pixel % op.in.width, c);
    }
};

/// One channel of a 2x2 window apart from others, the most frequent case by far.
template <class T>
struct quad_backward {
    pooling op;
    shape out;
    T const* x;
    T const* dy;
    T* dx;
    constexpr void operator()(std::size_t n, int i) const {
        int const c = i % out.channels, pixel = i / out.channels;
        std::size_t const corner = n * op.in.size() + arithmetic::pixel_offset(op.in, 2 * (pixel / out.width), 2 * (pixel % out.width)) +
                                   static_cast<std::size_t>(c);
        arithmetic::max_pool_2x2_gradient(1, arithmetic::pixel_offset(op.in, 1, 0), arithmetic::pixel_offset(op.in, 0, 1), x + corner,
                                          dy + n * out.size() + static_cast<std::size_t>(i), dx + corner);
    }
};

} // namespace backend::device

template <backend::device_backend B>
struct kernel<pooling, B> {
    template <class T>
    static void forward(typename B::execution& run, pooling const& op, int batch, T const* x, T* y) {
        shape const out = op.out();
        run.now({"pooling forward", batch, op.in, out});
        backend::device::launch_in_samples(run, batch, out.size(), backend::device::pool_forward<T>{op, out, x, y});
    }

    template <class T>
    static void backward(typename B::execution& run, pooling const& op, int batch, T const* x, T const* dy, T* dx) {
        using namespace backend::device;
        shape const out = op.out();
        run.now({"pooling backward", batch, op.in, out});
        bool const quads = op.kind == pooling_kind::maximum && op.pad == 0 && op.stride == 2 && op.window_height == 2 &&
                           op.window_width == 2 && op.in.height == 2 * out.height && op.in.width == 2 * out.width;
        if (quads) launch_in_samples(run, batch, out.size(), quad_backward<T>{op, out, x, dy, dx});
        else launch_in_samples(run, batch, op.in.size(), pool_backward<T>{op, out, x, dy, dx});
    }
};

} // namespace mcfa
