// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/arithmetic/activation.hpp>
#include <mcfa/backend/host_loops/backend.hpp>
#include <mcfa/backend/host_loops/column_sums.hpp>

#include <cstddef>
#include <cstdint>

namespace mcfa {

template <backend::host_backend B>
struct kernel<rectifier, B> {
    template <class T>
    static void forward(typename B::execution& run, rectifier const& op, int batch, T const* x, T* y) {
        backend::launch_chunks(run, static_cast<std::size_t>(batch) * op.size, [=](std::size_t first, std::size_t last) {
            backend::map(first, last, x, y, [](std::size_t, T value) { return arithmetic::rectified(value); });
        });
    }

    template <class T>
    static void backward(typename B::execution& run, rectifier const& op, int batch, T const* y, T const* dy, T* dx) {
        backend::launch_chunks(run, static_cast<std::size_t>(batch) * op.size, [=](std::size_t first, std::size_t last) {
            backend::map(first, last, dy, dx, [y](std::size_t i, T gradient) { return arithmetic::rectified_gradient(y[i], gradient); });
        });
    }
};

template <backend::host_backend B>
struct kernel<parametric_rectifier, B> {
    template <class T>
    static void forward(typename B::execution& run, parametric_rectifier const& op, int batch, T const* x, T const* slope, T* y) {
        auto const width = static_cast<std::size_t>(op.channels);
        backend::launch_rows(run, rows(op, batch), width, [=](std::size_t first, std::size_t last) {
            for (std::size_t row = first; row < last; ++row) forward_row(width, x + row * width, slope, y + row * width);
        });
    }

    template <class T>
    static void backward(typename B::execution& run, parametric_rectifier const& op, int batch, T const* x, T const* dy, T const* slope,
                         T* dx, T* dslope) {
        auto const width = static_cast<std::size_t>(op.channels);
        auto const sums =
            backend::column_sums<1>(run, slope_sums{}, rows(op, batch), width, [=](std::size_t first, std::size_t last, double* sum) {
                for (std::size_t row = first; row < last; ++row) {
                    add_slope_gradients(width, x + row * width, dy + row * width, sum);
                    if (dx == dy) backward_row(width, x + row * width, slope, dx + row * width);
                    else backward_row(width, x + row * width, dy + row * width, slope, dx + row * width);
                }
            });
        for (std::size_t c = 0; c < width; ++c) dslope[c] = static_cast<T>(sums[c]);
    }

private:
    struct slope_sums {}; // scratch memory

    static std::size_t rows(parametric_rectifier const& op, int batch) {
        return static_cast<std::size_t>(batch) * static_cast<std::size_t>(op.pixels);
    }

    // The loops over one pixel's channels: functions of their own, because `__restrict` holds for parameters.
    template <class T>
    static void forward_row(std::size_t width, T const* __restrict x, T const* __restrict slope, T* __restrict y) {
        for (std::size_t c = 0; c < width; ++c) y[c] = arithmetic::sloped(x[c], slope[c]);
    }
    template <class T>
    static void add_slope_gradients(std::size_t width, T const* x, T const* dy, double* __restrict sum) {
        for (std::size_t c = 0; c < width; ++c) {
            T const gradient = dy[c];
            sum[c] += static_cast<double>(arithmetic::slope_gradient(x[c], gradient));
        }
    }
    template <class T>
    static void backward_row(std::size_t width, T const* __restrict x, T const* __restrict dy, T const* __restrict slope,
                             T* __restrict dx) {
        for (std::size_t c = 0; c < width; ++c) dx[c] = arithmetic::sloped_gradient(x[c], dy[c], slope[c]);
    }
    /// In place: dx holds dy.
    template <class T>
    static void backward_row(std::size_t width, T const* __restrict x, T const* __restrict slope, T* __restrict dx) {
        for (std::size_t c = 0; c < width; ++c) dx[c] = arithmetic::sloped_gradient(x[c], dx[c], slope[c]);
    }
};

template <backend::host_backend B>
struct kernel<dropout_mask, B> {
    template <class T>
    static void apply(typename B::execution& run, dropout_mask const& op, int batch, std::uint64_t key, T const* x, T* y) {
        backend::launch_chunks(run, static_cast<std::size_t>(batch) * op.size, [=](std::size_t first, std::size_t last) {
            backend::map(first, last, x, y, [=](std::size_t i, T value) { return arithmetic::dropped(op, key, i, value); });
        });
    }
};

} // namespace mcfa
