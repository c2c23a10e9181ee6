// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/arithmetic/activation.hpp>
#include <mcfa/backend/host_loops/backend.hpp>
#include <mcfa/backend/host_loops/column_sums.hpp>
#include <mcfa/op/activation.hpp>

#include <cstddef>
#include <cstdint>

namespace mcfa {

template <class T, backend::host_backend B>
struct kernel<rectifier_forward<T>, B> {
    static void run(typename B::execution& run, rectifier_forward<T> const& p) {
        backend::launch_chunks(run, p.x.size(), [x = p.x.data(), y = p.y.data()](std::size_t first, std::size_t last) {
            backend::map(first, last, x, y, [](std::size_t, T value) { return arithmetic::rectified(value); });
        });
    }
};

template <class T, backend::host_backend B>
struct kernel<rectifier_backward<T>, B> {
    static void run(typename B::execution& run, rectifier_backward<T> const& p) {
        backend::launch_chunks(run, p.dx.size(), [y = p.y.data(), dy = p.dy.data(), dx = p.dx.data()](std::size_t first, std::size_t last) {
            backend::map(first, last, dy, dx, [y](std::size_t i, T gradient) { return arithmetic::rectified_gradient(y[i], gradient); });
        });
    }
};

template <class T, backend::host_backend B>
struct kernel<parametric_rectifier_forward<T>, B> {
    static void run(typename B::execution& run, parametric_rectifier_forward<T> const& p) {
        std::size_t const width = p.slope.size();
        backend::launch_rows(run, p.x.size() / width, width, [=](std::size_t first, std::size_t last) {
            for (std::size_t at = first * width; at < last * width; at += width)
                forward_row(width, p.x.data() + at, p.slope.data(), p.y.data() + at);
        });
    }

private:
    // A function of its own, because `__restrict` holds for parameters.
    static void forward_row(std::size_t width, T const* __restrict x, T const* __restrict slope, T* __restrict y) {
        for (std::size_t c = 0; c < width; ++c) y[c] = arithmetic::sloped(x[c], slope[c]);
    }
};

template <class T, backend::host_backend B>
struct kernel<parametric_rectifier_backward<T>, B> {
    static void run(typename B::execution& run, parametric_rectifier_backward<T> const& p) {
        std::size_t const width = p.slope.size();
        T const *const x = p.x.data(), *const dy = p.dy.data(), *const slope = p.slope.data();
        T* const dx = p.dx.data();
        auto const sums =
            backend::column_sums<1>(run, slope_sums{}, p.x.size() / width, width, [=](std::size_t first, std::size_t last, double* sum) {
                for (std::size_t at = first * width; at < last * width; at += width) {
                    add_slope_gradients(width, x + at, dy + at, sum);
                    if (dx == dy) backward_row(width, x + at, slope, dx + at);
                    else backward_row(width, x + at, dy + at, slope, dx + at);
                }
            });
        for (std::size_t c = 0; c < width; ++c) p.dslope[c] = static_cast<T>(sums[c]);
    }

private:
    struct slope_sums {}; // scratch memory

    static void add_slope_gradients(std::size_t width, T const* x, T const* dy, double* __restrict sum) {
        for (std::size_t c = 0; c < width; ++c) {
            T const gradient = dy[c];
            sum[c] += static_cast<double>(arithmetic::slope_gradient(x[c], gradient));
        }
    }
    static void backward_row(std::size_t width, T const* __restrict x, T const* __restrict dy, T const* __restrict slope,
                             T* __restrict dx) {
        for (std::size_t c = 0; c < width; ++c) dx[c] = arithmetic::sloped_gradient(x[c], dy[c], slope[c]);
    }
    /// In place: dx holds dy.
    static void backward_row(std::size_t width, T const* __restrict x, T const* __restrict slope, T* __restrict dx) {
        for (std::size_t c = 0; c < width; ++c) dx[c] = arithmetic::sloped_gradient(x[c], dx[c], slope[c]);
    }
};

template <class T, backend::host_backend B>
struct kernel<activation_forward<T>, B> {
    static void run(typename B::execution& run, activation_forward<T> const& p) {
        arithmetic::with_activation(p.kind, [&]<class F>(F) {
            backend::launch_chunks(run, p.x.size(), [x = p.x.data(), y = p.y.data()](std::size_t first, std::size_t last) {
                backend::map(first, last, x, y, [](std::size_t, T value) { return F::value(value); });
            });
        });
    }
};

template <class T, backend::host_backend B>
struct kernel<activation_backward<T>, B> {
    static void run(typename B::execution& run, activation_backward<T> const& p) {
        arithmetic::with_activation(p.kind, [&]<class F>(F) {
            backend::launch_chunks(
                run, p.dx.size(), [x = p.x.data(), dy = p.dy.data(), dx = p.dx.data()](std::size_t first, std::size_t last) {
                    backend::map(first, last, dy, dx, [x](std::size_t i, T gradient) { return gradient * F::slope(x[i]); });
                });
        });
    }
};

template <class T, backend::host_backend B>
struct kernel<dropout_mask<T>, B> {
    static void run(typename B::execution& run, dropout_mask<T> const& p) {
        backend::launch_chunks(run, p.x.size(), [=](std::size_t first, std::size_t last) {
            backend::map(first, last, p.x.data(), p.y.data(),
                         [=](std::size_t i, T value) { return arithmetic::dropped(p.rate, p.key, i, value); });
        });
    }
};

} // namespace mcfa
