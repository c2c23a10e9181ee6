// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/arithmetic/batch_normalisation.hpp>
#include <mcfa/backend/host_loops/backend.hpp>
#include <mcfa/backend/host_loops/column_sums.hpp>
#include <mcfa/op/batch_normalisation.hpp>

#include <algorithm>
#include <cstddef>
#include <span>

namespace mcfa {

namespace backend::normalisation {

// Scratch memory.
struct channel_sums {};
struct channel_factors {};

// The loops over one pixel's channels are separate functions, because `__restrict` only holds for parameters.
template <class T>
void add_moments(std::size_t width, T const* x, T const* shift, double* __restrict sum, double* __restrict squares) {
    for (std::size_t c = 0; c < width; ++c) {
        double const value = static_cast<double>(x[c]) - static_cast<double>(shift[c]);
        sum[c] += value;
        squares[c] += value * value;
    }
}

template <class T>
void add_gradients(std::size_t width, T const* x, T const* dy, T const* mean, double* __restrict sum_dy, double* __restrict sum_dy_x) {
    for (std::size_t c = 0; c < width; ++c) {
        double const gradient = static_cast<double>(dy[c]);
        sum_dy[c] += gradient;
        sum_dy_x[c] += gradient * (static_cast<double>(x[c]) - static_cast<double>(mean[c]));
    }
}

template <class T>
void write_gradient(std::size_t width, T const* __restrict x, T const* __restrict dy, T const* __restrict mean,
                    T const* __restrict coefficients, T* __restrict dx) {
    for (std::size_t c = 0; c < width; ++c)
        dx[c] = coefficients[c] * dy[c] + (coefficients[width + c] * (x[c] - mean[c]) + coefficients[2 * width + c]);
}

/// In place: dx holds dy.
template <class T>
void write_gradient(std::size_t width, T const* __restrict x, T const* __restrict mean, T const* __restrict coefficients,
                    T* __restrict dx) {
    for (std::size_t c = 0; c < width; ++c)
        dx[c] = coefficients[c] * dx[c] + (coefficients[width + c] * (x[c] - mean[c]) + coefficients[2 * width + c]);
}

template <class T>
void normalise_row(std::size_t width, T const* __restrict x, T const* __restrict mean, T const* __restrict scale, T const* __restrict beta,
                   T* __restrict y) {
    for (std::size_t c = 0; c < width; ++c) y[c] = arithmetic::normalised(x[c], mean[c], scale[c], beta[c]);
}

template <class T, class Execution>
void normalise(Execution& run, planes<T const> const& x, T const* mean, T const* scale, row<T const> const& beta, planes<T> const& y) {
    std::size_t const width = beta.size();
    launch_rows(run, x.size() / width, width, [=](std::size_t first, std::size_t last) {
        for (std::size_t at = first * width; at < last * width; at += width)
            normalise_row(width, x.data() + at, mean, scale, beta.data(), y.data() + at);
    });
}

/// Sums of (x - shift) and of (x - shift)^2, (2 * channels).
template <class T, class Execution>
std::span<double> moment_sums(Execution& run, planes<T const> const& x, row<T const> const& shift) {
    std::size_t const width = shift.size();
    return column_sums<2>(run, channel_sums{}, x.size() / width, width,
                          [width, x = x.data(), shift = shift.data()](std::size_t first, std::size_t last, double* partial) {
                              for (std::size_t row = first; row < last; ++row)
                                  add_moments(width, x + row * width, shift, partial, partial + width);
                          });
}

/// Sums of dy and of dy * (x - mean), (2 * channels).
template <class T, class Execution>
std::span<double> gradient_sums(Execution& run, planes<T const> const& of_x, planes<T const> const& of_dy, row<T const> const& saved) {
    std::size_t const width = saved.size() / 2;
    T const *const x = of_x.data(), *const dy = of_dy.data(), *const mean = saved.data();
    return column_sums<2>(run, channel_sums{}, of_x.size() / width, width, [=](std::size_t first, std::size_t last, double* partial) {
        for (std::size_t at = first * width; at < last * width; at += width)
            add_gradients(width, x + at, dy + at, mean, partial, partial + width);
    });
}

/// dx from the sums over a batch of `count` pixels; dx may be dy.
template <class T, class Execution>
void write_gradients(Execution& run, planes<T const> const& of_x, planes<T const> const& of_dy, row<T const> const& gamma,
                     row<T const> const& saved, double const* sums, double count, planes<T> const& of_dx) {
    std::size_t const width = gamma.size();
    T const *const x = of_x.data(), *const dy = of_dy.data(), *const mean = saved.data();
    T* const dx = of_dx.data();
    auto const coefficients = run.template scratch<T>(channel_factors{}, 3 * width);
    for (std::size_t c = 0; c < width; ++c) {
        double const inverse = static_cast<double>(saved[width + c]);
        arithmetic::normalised_gradient<T> const g(static_cast<double>(gamma[c]), inverse, sums[width + c] * inverse, sums[c], count);
        coefficients[c] = g.along_dy;
        coefficients[width + c] = g.along_x;
        coefficients[2 * width + c] = g.constant;
    }
    T const* const factors = coefficients.data();
    launch_rows(run, of_x.size() / width, width, [=](std::size_t first, std::size_t last) {
        for (std::size_t at = first * width; at < last * width; at += width)
            if (dx == dy) write_gradient(width, x + at, mean, factors, dx + at);
            else write_gradient(width, x + at, dy + at, mean, factors, dx + at);
    });
}

} // namespace backend::normalisation

template <class T, backend::host_backend B>
struct kernel<batch_normalisation_training<T>, B> {
    static void run(typename B::execution& run, batch_normalisation_training<T> const& p) {
        using namespace backend::normalisation;
        std::size_t const width = p.gamma.size(), rows = p.x.size() / width;
        // The first pixel is the shift of the sums: it lies within a few deviations of the mean.
        auto const sums = moment_sums<T>(run, p.x, {p.x.data(), width});
        auto const scale = run.template scratch<T>(channel_factors{}, width);
        for (std::size_t c = 0; c < width; ++c) {
            auto const found =
                arithmetic::moments_of(static_cast<double>(p.x.data()[c]), sums[c], sums[width + c], static_cast<double>(rows));
            p.running_mean[c] = arithmetic::moved(p.momentum, p.running_mean[c], found.mean);
            p.running_variance[c] = arithmetic::moved(p.momentum, p.running_variance[c], found.unbiased);
            p.saved[c] = static_cast<T>(found.mean);
            p.saved[width + c] = arithmetic::inverse_deviation<T>(p.epsilon, found.variance);
            scale[c] = p.gamma[c] * p.saved[width + c];
        }
        normalise<T>(run, p.x, p.saved.data(), scale.data(), p.beta, p.y);
    }
};

template <class T, backend::host_backend B>
struct kernel<batch_normalisation_inference<T>, B> {
    static void run(typename B::execution& run, batch_normalisation_inference<T> const& p) {
        using namespace backend::normalisation;
        auto const scale = run.template scratch<T>(channel_factors{}, p.gamma.size());
        for (std::size_t c = 0; c < scale.size(); ++c)
            scale[c] = p.gamma[c] * arithmetic::inverse_deviation<T>(p.epsilon, static_cast<double>(p.running_variance[c]));
        normalise<T>(run, p.x, p.running_mean.data(), scale.data(), p.beta, p.y);
    }
};

template <class T, backend::host_backend B>
struct kernel<batch_normalisation_backward<T>, B> {
    static void run(typename B::execution& run, batch_normalisation_backward<T> const& p) {
        using namespace backend::normalisation;
        std::size_t const width = p.gamma.size();
        auto const sums = gradient_sums<T>(run, p.x, p.dy, p.saved);
        for (std::size_t c = 0; c < width; ++c) {
            p.dbeta[c] = static_cast<T>(sums[c]);
            p.dgamma[c] = static_cast<T>(sums[width + c] * static_cast<double>(p.saved[width + c]));
        }
        write_gradients<T>(run, p.x, p.dy, p.gamma, p.saved, sums.data(), static_cast<double>(p.x.size() / width), p.dx);
    }
};

template <class T, backend::host_backend B>
struct kernel<batch_normalisation_sums<T>, B> {
    static void run(typename B::execution& run, batch_normalisation_sums<T> const& p) {
        std::ranges::copy(backend::normalisation::moment_sums<T>(run, p.x, p.shift), p.sums.data());
    }
};

template <class T, backend::host_backend B>
struct kernel<batch_normalisation_gradient_sums<T>, B> {
    static void run(typename B::execution& run, batch_normalisation_gradient_sums<T> const& p) {
        std::ranges::copy(backend::normalisation::gradient_sums<T>(run, p.x, p.dy, p.saved), p.sums.data());
    }
};

template <class T, backend::host_backend B>
struct kernel<batch_normalisation_input_gradient<T>, B> {
    static void run(typename B::execution& run, batch_normalisation_input_gradient<T> const& p) {
        backend::normalisation::write_gradients<T>(run, p.x, p.dy, p.gamma, p.saved, p.sums.data(), p.count, p.dx);
    }
};

} // namespace mcfa
