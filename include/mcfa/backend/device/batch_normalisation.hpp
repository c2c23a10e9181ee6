// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/arithmetic/batch_normalisation.hpp>
#include <mcfa/backend/device/backend.hpp>
#include <mcfa/backend/device/column_sums.hpp>
#include <mcfa/op/batch_normalisation.hpp>

#include <cstddef>
#include <cstdint>

namespace mcfa {

namespace backend::device {

/// The first pixel is the shift of the sums: it lies within a few deviations of the mean.
template <class T>
struct moment_term {
    matrix<T const> x; // a row a pixel
    constexpr void operator()(std::int64_t row, int c, double* sums) const {
        double const value = static_cast<double>(x(row, c)) - static_cast<double>(x(0, c));
        sums[0] += value;
        sums[1] += value * value;
    }
};

template <class T>
struct settle_moments {
    batch_normalisation_training<T> p;
    double rows;
    T* scale;
    constexpr void operator()(int c, double const* sums) const {
        auto const found = arithmetic::moments_of(static_cast<double>(p.x.data()[c]), sums[0], sums[1], rows);
        T& inverse = p.saved[p.gamma.size() + c];
        p.running_mean[c] = arithmetic::moved(p.momentum, p.running_mean[c], found.mean);
        p.running_variance[c] = arithmetic::moved(p.momentum, p.running_variance[c], found.unbiased);
        p.saved[c] = static_cast<T>(found.mean);
        inverse = arithmetic::inverse_deviation<T>(p.epsilon, found.variance);
        scale[c] = p.gamma[c] * inverse;
    }
};

template <class T>
struct scale_of_running {
    double epsilon;
    T const* gamma;
    T const* running_variance;
    T* scale;
    constexpr void operator()(std::size_t c) const {
        scale[c] = gamma[c] * arithmetic::inverse_deviation<T>(epsilon, static_cast<double>(running_variance[c]));
    }
};

template <class T>
struct normalise {
    int channels;
    matrix<T const> x;
    T const* mean;
    T const* scale;
    T const* beta;
    matrix<T> y;
    constexpr void operator()(std::size_t n, int i) const {
        int const c = i % channels;
        y(n, i) = arithmetic::normalised(x(n, i), mean[c], scale[c], beta[c]);
    }
};

template <class T>
struct gradient_term {
    matrix<T const> x, dy; // a row a pixel
    T const* mean;
    constexpr void operator()(std::int64_t row, int c, double* sums) const {
        double const gradient = static_cast<double>(dy(row, c));
        sums[0] += gradient;
        sums[1] += gradient * (static_cast<double>(x(row, c)) - static_cast<double>(mean[c]));
    }
};

template <class T>
struct settle_gradients {
    batch_normalisation_backward<T> p;
    double rows;
    matrix<T> coefficients; // along dy, along x, constant
    constexpr void operator()(int c, double const* sums) const {
        double const inverse = static_cast<double>(p.saved[p.gamma.size() + c]);
        double const sum_dy_xhat = sums[1] * inverse;
        p.dbeta[c] = static_cast<T>(sums[0]);
        p.dgamma[c] = static_cast<T>(sum_dy_xhat);
        arithmetic::normalised_gradient<T> const g(static_cast<double>(p.gamma[c]), inverse, sum_dy_xhat, sums[0], rows);
        coefficients(0, c) = g.along_dy;
        coefficients(1, c) = g.along_x;
        coefficients(2, c) = g.constant;
    }
};

template <class T>
struct normalise_gradient {
    int channels;
    matrix<T const> x, dy;
    T const* mean;
    T const* coefficients;
    matrix<T> dx;
    constexpr void operator()(std::size_t n, int i) const {
        int const c = i % channels;
        dx(n, i) = coefficients[c] * dy(n, i) + (coefficients[channels + c] * (x(n, i) - mean[c]) + coefficients[2 * channels + c]);
    }
};

} // namespace backend::device

template <class T, backend::device_backend B>
struct kernel<batch_normalisation_training<T>, B> {
    static void run(typename B::execution& run, batch_normalisation_training<T> const& p) {
        using namespace backend::device;
        int const channels = int(p.gamma.size());
        auto const pixels = p.x.as(p.x.size() / p.gamma.size(), channels);
        auto const rows = static_cast<std::int64_t>(pixels.extent(0));
        auto const scale = run.template scratch<T>(per_channel{}, p.gamma.size());
        sum_columns<2>(run, rows, channels, moment_term<T>{pixels}, settle_moments<T>{p, static_cast<double>(rows), scale.data()});
        launch_in_samples(run, p.x.rows(), normalise<T>{channels, p.x.rows(), p.saved.data(), scale.data(), p.beta.data(), p.y.rows()});
    }
};

template <class T, backend::device_backend B>
struct kernel<batch_normalisation_inference<T>, B> {
    static void run(typename B::execution& run, batch_normalisation_inference<T> const& p) {
        using namespace backend::device;
        auto const scale = run.template scratch<T>(per_channel{}, p.gamma.size());
        launch_each(run, p.gamma.size(), scale_of_running<T>{p.epsilon, p.gamma.data(), p.running_variance.data(), scale.data()});
        launch_in_samples(run, p.x.rows(),
                          normalise<T>{int(p.gamma.size()), p.x.rows(), p.running_mean.data(), scale.data(), p.beta.data(), p.y.rows()});
    }
};

template <class T, backend::device_backend B>
struct kernel<batch_normalisation_backward<T>, B> {
    static void run(typename B::execution& run, batch_normalisation_backward<T> const& p) {
        using namespace backend::device;
        int const channels = int(p.gamma.size());
        std::size_t const pixels = p.x.size() / p.gamma.size();
        auto const rows = static_cast<std::int64_t>(pixels);
        auto const coefficients = run.template scratch<T>(per_channel{}, 3 * p.gamma.size());
        sum_columns<2>(run, rows, channels, gradient_term<T>{p.x.as(pixels, channels), p.dy.as(pixels, channels), p.saved.data()},
                       settle_gradients<T>{p, static_cast<double>(rows), {coefficients.data(), 3, channels}});
        launch_in_samples(run, p.x.rows(),
                          normalise_gradient<T>{channels, p.x.rows(), p.dy.rows(), p.saved.data(), coefficients.data(), p.dx.rows()});
    }
};

} // namespace mcfa
