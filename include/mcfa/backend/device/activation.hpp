// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/arithmetic/activation.hpp>
#include <mcfa/backend/device/backend.hpp>
#include <mcfa/backend/device/column_sums.hpp>
#include <mcfa/backend/device/launch.hpp>

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
    std::size_t size;
    T const* x;
    T const* slopes;
    T* y;
    constexpr void operator()(std::size_t n, int i) const {
        std::size_t const at = n * size + static_cast<std::size_t>(i);
        y[at] = arithmetic::sloped(x[at], slopes[i % channels]);
    }
};

template <class T>
struct slope_gradient {
    int channels;
    std::size_t size;
    T const* x;
    T const* dy;
    T const* slopes;
    T* dx;
    constexpr void operator()(std::size_t n, int i) const {
        std::size_t const at = n * size + static_cast<std::size_t>(i);
        dx[at] = arithmetic::sloped_gradient(x[at], dy[at], slopes[i % channels]);
    }
};

template <class T>
struct slope_term {
    int channels;
    T const* x;
    T const* dy;
    constexpr void operator()(std::int64_t row, int c, double* sums) const {
        std::size_t const at = static_cast<std::size_t>(row) * static_cast<std::size_t>(channels) + static_cast<std::size_t>(c);
        sums[0] += static_cast<double>(arithmetic::slope_gradient(x[at], dy[at]));
    }
};

template <class T>
struct drop {
    dropout_mask op;
    std::uint64_t key;
    T const* x;
    T* y;
    constexpr void operator()(std::size_t i) const { y[i] = arithmetic::dropped(op, key, i, x[i]); }
};

} // namespace backend::device

template <backend::device_backend B>
struct kernel<rectifier, B> {
    template <class T>
    static void forward(typename B::execution& run, rectifier const& op, int batch, T const* x, T* y) {
        run.now({"rectifier forward", batch, {static_cast<int>(op.size)}, {static_cast<int>(op.size)}});
        backend::device::launch_each(run, static_cast<std::size_t>(batch) * op.size, backend::device::rectify<T>{x, y});
    }
    template <class T>
    static void backward(typename B::execution& run, rectifier const& op, int batch, T const* y, T const* dy, T* dx) {
        run.now({"rectifier backward", batch, {static_cast<int>(op.size)}, {static_cast<int>(op.size)}});
        backend::device::launch_each(run, static_cast<std::size_t>(batch) * op.size, backend::device::rectify_gradient<T>{y, dy, dx});
    }
};

template <backend::device_backend B>
struct kernel<parametric_rectifier, B> {
    template <class T>
    static void forward(typename B::execution& run, parametric_rectifier const& op, int batch, T const* x, T const* slope, T* y) {
        run.now({"parametric rectifier forward", batch, {op.channels, op.pixels}, {op.channels, op.pixels}});
        backend::device::launch_in_samples(run, batch, size(op), backend::device::slope<T>{op.channels, size(op), x, slope, y});
    }
    /// The slopes' gradient first, because dx may be dy.
    template <class T>
    static void backward(typename B::execution& run, parametric_rectifier const& op, int batch, T const* x, T const* dy, T const* slope,
                         T* dx, T* dslope) {
        using namespace backend::device;
        run.now({"parametric rectifier backward", batch, {op.channels, op.pixels}, {op.channels, op.pixels}});
        sum_columns<1>(run, static_cast<std::int64_t>(batch) * op.pixels, op.channels, slope_term<T>{op.channels, x, dy},
                       store_sum<T>{dslope});
        launch_in_samples(run, batch, size(op), slope_gradient<T>{op.channels, size(op), x, dy, slope, dx});
    }

private:
    static std::size_t size(parametric_rectifier const& op) {
        return static_cast<std::size_t>(op.channels) * static_cast<std::size_t>(op.pixels);
    }
};

template <backend::device_backend B>
struct kernel<dropout_mask, B> {
    template <class T>
    static void apply(typename B::execution& run, dropout_mask const& op, int batch, std::uint64_t key, T const* x, T* y) {
        run.now({"dropout", batch, {static_cast<int>(op.size)}, {static_cast<int>(op.size)}});
        backend::device::launch_each(run, static_cast<std::size_t>(batch) * op.size, backend::device::drop<T>{op, key, x, y});
    }
};

} // namespace mcfa
