// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/arithmetic/batch_normalisation.hpp>
#include <mcfa/backend/device/backend.hpp>
#include <mcfa/backend/device/column_sums.hpp>

#include <cstddef>
#include <cstdint>

namespace mcfa {

namespace backend::device {

/// The first row serves as the shift of the sums: it lies within a few deviations of the mean.
template <class T>
struct moment_term {
    int channels;
    T const* x;
    constexpr void operator()(std::int64_t row, int c, double* sums) const {
        double const value = static_cast<double>(x[row * channels + c]) - static_cast<double>(x[c]);
        sums[0] += value;
        sums[1] += value * value;
    }
};

template <class T>
struct settle_moments {
    batch_normalisation op;
    double rows;
    T const* x;
    T const* gamma;
    T* running_mean;
    T* running_variance;
    T* saved;
    T* scale;
    constexpr void operator()(int c, double const* sums) const {
        auto const found = arithmetic::moments_of(static_cast<double>(x[c]), sums[0], sums[1], rows);
        running_mean[c] = arithmetic::moved(op, running_mean[c], found.mean);
        running_variance[c] = arithmetic::moved(op, running_variance[c], found.unbiased);
        saved[c] = static_cast<T>(found.mean);
        saved[op.channels + c] = arithmetic::inverse_deviation<T>(op, found.variance);
        scale[c] = gamma[c] * saved[op.channels + c];
    }
};

template <class T>
struct scale_of_running {
    batch_normalisation op;
    T const* gamma;
    T const* running_variance;
    T* scale;
    constexpr void operator()(std::size_t c) const {
        scale[c] = gamma[c] * arithmetic::inverse_deviation<T>(op, static_cast<double>(running_variance[c]));
    }
};

template <class T>
struct normalise {
    int channels;
    std::size_t size;
    T const* x;
    T const* mean;
    T const* scale;
    T const* beta;
    T* y;
    constexpr void operator()(std::size_t n, int i) const {
        std::size_t const at = n * size + static_cast<std::size_t>(i);
        int const c = i % channels;
        y[at] = arithmetic::normalised(x[at], mean[c], scale[c], beta[c]);
    }
};

template <class T>
struct gradient_term {
    int channels;
    T const* x;
    T const* dy;
    T const* mean;
    constexpr void operator()(std::int64_t row, int c, double* sums) const {
        double const gradient = static_cast<double>(dy[row * channels + c]);
        sums[0] += gradient;
        sums[1] += gradient * (static_cast<double>(x[row * channels + c]) - static_cast<double>(mean[c]));
    }
};

template <class T>
struct settle_gradients {
    batch_normalisation op;
    double rows;
    T const* gamma;
    T const* saved;
    T* dgamma;
    T* dbeta;
    T* coefficients;
    constexpr void operator()(int c, double const* sums) const {
        double const inverse = static_cast<double>(saved[op.channels + c]);
        double const sum_dy_xhat = sums[1] * inverse;
        dbeta[c] = static_cast<T>(sums[0]);
        dgamma[c] = static_cast<T>(sum_dy_xhat);
        arithmetic::normalised_gradient<T> const g(static_cast<double>(gamma[c]), inverse, sum_dy_xhat, sums[0], rows);
        coefficients[c] = g.along_dy;
        coefficients[op.channels + c] = g.along_x;
        coefficients[2 * op.channels + c] = g.constant;
    }
};

template <class T>
struct normalise_gradient {
    int channels;
    std::size_t size;
    T const* x;
    T const* dy;
    T const* mean;
    T const* coefficients;
    T* dx;
    constexpr void operator()(std::size_t n, int i) const {
        std::size_t const at = n * size + static_cast<std::size_t>(i);
        int const c = i % channels;
        dx[at] = coefficients[c] * dy[at] + (coefficients[channels + c] * (x[at] - mean[c]) + coefficients[2 * channels + c]);
    }
};

} // namespace backend::device

template <backend::device_backend B>
struct kernel<batch_normalisation, B> {
    template <class T>
    static void forward_training(typename B::execution& run, batch_normalisation const& op, int batch, T const* x, T const* gamma,
                                 T const* beta, T* running_mean, T* running_variance, T* saved, T* y) {
        using namespace backend::device;
        tell(run, "batch normalisation forward, training", op, batch);
        auto const scale = run.template scratch<T>(per_channel{}, static_cast<std::size_t>(op.channels));
        sum_columns<2>(
            run, rows(op, batch), op.channels, moment_term<T>{op.channels, x},
            settle_moments<T>{op, static_cast<double>(rows(op, batch)), x, gamma, running_mean, running_variance, saved, scale.data()});
        launch_in_samples(run, batch, size(op), normalise<T>{op.channels, size(op), x, saved, scale.data(), beta, y});
    }

    template <class T>
    static void forward_inference(typename B::execution& run, batch_normalisation const& op, int batch, T const* x, T const* gamma,
                                  T const* beta, T const* running_mean, T const* running_variance, T* y) {
        using namespace backend::device;
        tell(run, "batch normalisation forward, inference", op, batch);
        auto const scale = run.template scratch<T>(per_channel{}, static_cast<std::size_t>(op.channels));
        launch_each(run, static_cast<std::size_t>(op.channels), scale_of_running<T>{op, gamma, running_variance, scale.data()});
        launch_in_samples(run, batch, size(op), normalise<T>{op.channels, size(op), x, running_mean, scale.data(), beta, y});
    }

    template <class T>
    static void backward(typename B::execution& run, batch_normalisation const& op, int batch, T const* x, T const* dy, T const* gamma,
                         T const* saved, T* dx, T* dgamma, T* dbeta) {
        using namespace backend::device;
        tell(run, "batch normalisation backward", op, batch);
        auto const coefficients = run.template scratch<T>(per_channel{}, 3 * static_cast<std::size_t>(op.channels));
        sum_columns<2>(run, rows(op, batch), op.channels, gradient_term<T>{op.channels, x, dy, saved},
                       settle_gradients<T>{op, static_cast<double>(rows(op, batch)), gamma, saved, dgamma, dbeta, coefficients.data()});
        launch_in_samples(run, batch, size(op), normalise_gradient<T>{op.channels, size(op), x, dy, saved, coefficients.data(), dx});
    }

private:
    static std::int64_t rows(batch_normalisation const& op, int batch) { return static_cast<std::int64_t>(batch) * op.pixels; }
    static std::size_t size(batch_normalisation const& op) {
        return static_cast<std::size_t>(op.channels) * static_cast<std::size_t>(op.pixels);
    }
    static void tell(typename B::execution& run, char const* what, batch_normalisation const& op, int batch) {
        run.now({what, batch, {op.channels, op.pixels}, {op.channels, op.pixels}});
    }
};

} // namespace mcfa
