// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/arithmetic/activation.hpp>
#include <mcfa/backend/device/backend.hpp>
#include <mcfa/backend/device/column_sums.hpp>
#include <mcfa/backend/device/launch.hpp>
#include <mcfa/op/activation.hpp>

#include <cstddef>
#include <cstdint>

namespace mcfa {

namespace backend::device {

template <class T>
struct rectify {
    T const* x;
    T* y;
    constexpr void operator()(std::size_t i) const { y[i] = arithmetic::rectified(x[i]); }
};

template <class T>
struct rectify_gradient {
    T const* y;
    T const* dy;
    T* dx;
    constexpr void operator()(std::size_t i) const { dx[i] = arithmetic::rectified_gradient(y[i], dy[i]); }
};

template <class T>
struct slope {
    int channels;
    T const* slopes;
    matrix<T const> x;
    matrix<T> y;
    constexpr void operator()(std::size_t n, int i) const { y(n, i) = arithmetic::sloped(x(n, i), slopes[i % channels]); }
};

template <class T>
struct slope_gradient {
    int channels;
    T const* slopes;
    matrix<T const> x, dy;
    matrix<T> dx;
    constexpr void operator()(std::size_t n, int i) const {
        dx(n, i) = arithmetic::sloped_gradient(x(n, i), dy(n, i), slopes[i % channels]);
    }
};

template <class T>
struct slope_term {
    matrix<T const> x, dy; // a row a pixel
    constexpr void operator()(std::int64_t row, int c, double* sums) const {
        sums[0] += static_cast<double>(arithmetic::slope_gradient(x(row, c), dy(row, c)));
    }
};

template <class F, class T>
struct activate {
    T const* x;
    T* y;
    constexpr void operator()(std::size_t i) const { y[i] = F::value(x[i]); }
};

template <class F, class T>
struct activate_gradient {
    T const* x;
    T const* dy;
    T* dx;
    constexpr void operator()(std::size_t i) const { dx[i] = dy[i] * F::slope(x[i]); }
};

template <class T>
struct drop {
    double rate;
    std::uint64_t key;
    T const* x;
    T* y;
    constexpr void operator()(std::size_t i) const { y[i] = arithmetic::dropped(rate, key, i, x[i]); }
};

} // namespace backend::device

template <class T, backend::device_backend B>
struct kernel<rectifier_forward<T>, B> {
    static void run(typename B::execution& run, rectifier_forward<T> const& p) {
        backend::device::launch_each(run, p.x.size(), backend::device::rectify<T>{p.x.data(), p.y.data()});
    }
};

template <class T, backend::device_backend B>
struct kernel<rectifier_backward<T>, B> {
    static void run(typename B::execution& run, rectifier_backward<T> const& p) {
        backend::device::launch_each(run, p.dx.size(), backend::device::rectify_gradient<T>{p.y.data(), p.dy.data(), p.dx.data()});
    }
};

template <class T, backend::device_backend B>
struct kernel<parametric_rectifier_forward<T>, B> {
    static void run(typename B::execution& run, parametric_rectifier_forward<T> const& p) {
        backend::device::launch_in_samples(run, p.x.rows(),
                                           backend::device::slope<T>{int(p.slope.size()), p.slope.data(), p.x.rows(), p.y.rows()});
    }
};

/// The slopes' gradient first, because dx may be dy.
template <class T, backend::device_backend B>
struct kernel<parametric_rectifier_backward<T>, B> {
    static void run(typename B::execution& run, parametric_rectifier_backward<T> const& p) {
        using namespace backend::device;
        int const channels = int(p.slope.size());
        std::size_t const pixels = p.x.size() / p.slope.size();
        sum_columns<1>(run, std::int64_t(pixels), channels, slope_term<T>{p.x.as(pixels, channels), p.dy.as(pixels, channels)},
                       store_sum<T>{p.dslope.data()});
        launch_in_samples(run, p.x.rows(), slope_gradient<T>{channels, p.slope.data(), p.x.rows(), p.dy.rows(), p.dx.rows()});
    }
};

template <class T, backend::device_backend B>
struct kernel<activation_forward<T>, B> {
    static void run(typename B::execution& run, activation_forward<T> const& p) {
        arithmetic::with_activation(p.kind, [&]<class F>(F) {
            backend::device::launch_each(run, p.x.size(), backend::device::activate<F, T>{p.x.data(), p.y.data()});
        });
    }
};

template <class T, backend::device_backend B>
struct kernel<activation_backward<T>, B> {
    static void run(typename B::execution& run, activation_backward<T> const& p) {
        arithmetic::with_activation(p.kind, [&]<class F>(F) {
            backend::device::launch_each(run, p.dx.size(), backend::device::activate_gradient<F, T>{p.x.data(), p.dy.data(), p.dx.data()});
        });
    }
};

template <class T, backend::device_backend B>
struct kernel<dropout_mask<T>, B> {
    static void run(typename B::execution& run, dropout_mask<T> const& p) {
        backend::device::launch_each(run, p.x.size(), backend::device::drop<T>{p.rate, p.key, p.x.data(), p.y.data()});
    }
};

} // namespace mcfa
