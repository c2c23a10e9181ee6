#pragma once

#include <cstddef>
#include <cstdint>

#include <mcfa/backend/host/backend.hpp>
#include <mcfa/backend/host/column_sums.hpp>
#include <mcfa/kernel/activation.hpp>

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
            backend::map(first, last, dy, dx,
                         [y](std::size_t i, T gradient) { return arithmetic::rectified_gradient(y[i], gradient); });
        });
    }
};

template <backend::host_backend B>
struct kernel<parametric_rectifier, B> {
    template <class T>
    static void forward(typename B::execution& run, parametric_rectifier const& op, int batch, T const* x, T const* slope, T* y) {
        auto const width = static_cast<std::size_t>(op.channels);
        backend::launch_rows(run, rows(op, batch), width, [=](std::size_t first, std::size_t last) {
            for (std::size_t row = first; row < last; ++row)
                backend::map(0, width, x + row * width, y + row * width,
                             [slope](std::size_t c, T value) { return arithmetic::sloped(value, slope[c]); });
        });
    }

    template <class T>
    static void backward(typename B::execution& run, parametric_rectifier const& op, int batch, T const* x, T const* dy,
                         T const* slope, T* dx, T* dslope) {
        auto const width = static_cast<std::size_t>(op.channels);
        auto const sums =
            backend::column_sums<1>(run, 0, rows(op, batch), width, [=](std::size_t first, std::size_t last, double* partial) {
                for (std::size_t row = first; row < last; ++row) {
                    T const* const x_row = x + row * width;
                    T const* const dy_row = dy + row * width;
                    for (std::size_t c = 0; c < width; ++c)
                        partial[c] += static_cast<double>(arithmetic::slope_gradient(x_row[c], dy_row[c]));
                    backend::map(0, width, dy_row, dx + row * width, [=](std::size_t c, T gradient) {
                        return arithmetic::sloped_gradient(x_row[c], gradient, slope[c]);
                    });
                }
            });
        for (std::size_t c = 0; c < width; ++c) dslope[c] = static_cast<T>(sums[c]);
    }

private:
    static std::size_t rows(parametric_rectifier const& op, int batch) {
        return static_cast<std::size_t>(batch) * static_cast<std::size_t>(op.pixels);
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
