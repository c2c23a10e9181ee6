// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/arithmetic/batch_normalisation.hpp>
#include <mcfa/backend/host_loops/backend.hpp>
#include <mcfa/backend/host_loops/column_sums.hpp>

#include <cstddef>

namespace mcfa {

template <backend::host_backend B>
struct kernel<batch_normalisation, B> {
    template <class T>
    static void forward_training(typename B::execution& run, batch_normalisation const& op, int batch, T const* x, T const* gamma,
                                 T const* beta, T* running_mean, T* running_variance, T* saved, T* y) {
        auto const width = static_cast<std::size_t>(op.channels);
        std::size_t const rows = row_count(op, batch);
        // The first pixel serves as the shift of the sums: it lies within a few deviations of the mean.
        auto const sums =
            backend::column_sums<2>(run, channel_sums{}, rows, width, [=](std::size_t first, std::size_t last, double* partial) {
                for (std::size_t row = first; row < last; ++row) add_moments(width, x + row * width, x, partial, partial + width);
            });
        auto const scale = run.template scratch<T>(channel_factors{}, width);
        for (std::size_t c = 0; c < width; ++c) {
            auto const found = arithmetic::moments_of(static_cast<double>(x[c]), sums[c], sums[width + c], static_cast<double>(rows));
            running_mean[c] = arithmetic::moved(op, running_mean[c], found.mean);
            running_variance[c] = arithmetic::moved(op, running_variance[c], found.unbiased);
            saved[c] = static_cast<T>(found.mean);
            saved[width + c] = arithmetic::inverse_deviation<T>(op, found.variance);
            scale[c] = gamma[c] * saved[width + c];
        }
        normalise(run, rows, width, x, saved, scale.data(), beta, y);
    }

    template <class T>
    static void forward_inference(typename B::execution& run, batch_normalisation const& op, int batch, T const* x, T const* gamma,
                                  T const* beta, T const* running_mean, T const* running_variance, T* y) {
        auto const width = static_cast<std::size_t>(op.channels);
        auto const scale = run.template scratch<T>(channel_factors{}, width);
        for (std::size_t c = 0; c < width; ++c)
            scale[c] = gamma[c] * arithmetic::inverse_deviation<T>(op, static_cast<double>(running_variance[c]));
        normalise(run, row_count(op, batch), width, x, running_mean, scale.data(), beta, y);
    }

    template <class T>
    static void backward(typename B::execution& run, batch_normalisation const& op, int batch, T const* x, T const* dy, T const* gamma,
                         T const* saved, T* dx, T* dgamma, T* dbeta) {
        auto const width = static_cast<std::size_t>(op.channels);
        std::size_t const rows = row_count(op, batch);
        auto const sums =
            backend::column_sums<2>(run, channel_sums{}, rows, width, [=](std::size_t first, std::size_t last, double* partial) {
                for (std::size_t row = first; row < last; ++row)
                    add_gradients(width, x + row * width, dy + row * width, saved, partial, partial + width);
            });
        auto const coefficients = run.template scratch<T>(channel_factors{}, 3 * width);
        for (std::size_t c = 0; c < width; ++c) {
            double const inverse = static_cast<double>(saved[width + c]);
            double const sum_dy = sums[c];
            double const sum_dy_xhat = sums[width + c] * inverse;
            dbeta[c] = static_cast<T>(sum_dy);
            dgamma[c] = static_cast<T>(sum_dy_xhat);
            arithmetic::normalised_gradient<T> const g(static_cast<double>(gamma[c]), inverse, sum_dy_xhat, sum_dy,
                                                       static_cast<double>(rows));
            coefficients[c] = g.along_dy;
            coefficients[width + c] = g.along_x;
            coefficients[2 * width + c] = g.constant;
        }
        T const* const along_dy = coefficients.data();
        backend::launch_rows(run, rows, width, [=](std::size_t first, std::size_t last) {
            for (std::size_t row = first; row < last; ++row)
                if (dx == dy) write_gradient(width, x + row * width, saved, along_dy, dx + row * width);
                else write_gradient(width, x + row * width, dy + row * width, saved, along_dy, dx + row * width);
        });
    }

private:
    // Scratch memory.
    struct channel_sums {};
    struct channel_factors {};

    static std::size_t row_count(batch_normalisation const& op, int batch) {
        return static_cast<std::size_t>(batch) * static_cast<std::size_t>(op.pixels);
    }

    // The loops over one pixel's channels: functions of their own, because `__restrict` holds for parameters.
    template <class T>
    static void add_moments(std::size_t width, T const* x, T const* shift, double* __restrict sum, double* __restrict squares) {
        for (std::size_t c = 0; c < width; ++c) {
            double const value = static_cast<double>(x[c]) - static_cast<double>(shift[c]);
            sum[c] += value;
            squares[c] += value * value;
        }
    }

    template <class T>
    static void add_gradients(std::size_t width, T const* x, T const* dy, T const* mean, double* __restrict sum_dy,
                              double* __restrict sum_dy_x) {
        for (std::size_t c = 0; c < width; ++c) {
            double const gradient = static_cast<double>(dy[c]);
            sum_dy[c] += gradient;
            sum_dy_x[c] += gradient * (static_cast<double>(x[c]) - static_cast<double>(mean[c]));
        }
    }

    template <class T>
    static void write_gradient(std::size_t width, T const* __restrict x, T const* __restrict dy, T const* __restrict mean,
                               T const* __restrict coefficients, T* __restrict dx) {
        for (std::size_t c = 0; c < width; ++c)
            dx[c] = coefficients[c] * dy[c] + (coefficients[width + c] * (x[c] - mean[c]) + coefficients[2 * width + c]);
    }

    /// In place: dx holds dy.
    template <class T>
    static void write_gradient(std::size_t width, T const* __restrict x, T const* __restrict mean, T const* __restrict coefficients,
                               T* __restrict dx) {
        for (std::size_t c = 0; c < width; ++c)
            dx[c] = coefficients[c] * dx[c] + (coefficients[width + c] * (x[c] - mean[c]) + coefficients[2 * width + c]);
    }

    template <class T>
    static void normalise_row(std::size_t width, T const* __restrict x, T const* __restrict mean, T const* __restrict scale,
                              T const* __restrict beta, T* __restrict y) {
        for (std::size_t c = 0; c < width; ++c) y[c] = arithmetic::normalised(x[c], mean[c], scale[c], beta[c]);
    }

    template <class T>
    static void normalise(typename B::execution& run, std::size_t rows, std::size_t width, T const* x, T const* mean, T const* scale,
                          T const* beta, T* y) {
        backend::launch_rows(run, rows, width, [=](std::size_t first, std::size_t last) {
            for (std::size_t row = first; row < last; ++row) normalise_row(width, x + row * width, mean, scale, beta, y + row * width);
        });
    }
};

} // namespace mcfa
