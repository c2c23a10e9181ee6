// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/op/pass.hpp>

namespace mcfa {

/// What keeps the root below from a division by zero, as in PyTorch.
inline constexpr double batch_normalisation_epsilon = 1e-5;
/// By how much the running statistics move towards a batch's, as in PyTorch.
inline constexpr double batch_normalisation_momentum = 0.1;

/// Batch normalisation, Ioffe and Szegedy (ICML 2015), per channel over batch and pixels:
///     y = gamma * (x - mean) / sqrt(variance + epsilon) + beta
/// with mean and (biased) variance of the batch. The running ones move by `momentum` towards the batch's mean and unbiased variance, as
/// PyTorch does.  x and y of one size, `saved` (2 * channels): mean, then 1 / sqrt(variance + epsilon); all other rows (channels).
template <class T>
struct batch_normalisation_training {
    planes<T const> x;
    row<T const> gamma, beta;
    row<T> running_mean, running_variance, saved;
    planes<T> y;
    double epsilon = batch_normalisation_epsilon;
    double momentum = batch_normalisation_momentum;

    constexpr work describe() const { return {"batch normalisation forward, training", x, y}; }
};

/// The same with the running mean and variance.
template <class T>
struct batch_normalisation_inference {
    planes<T const> x;
    row<T const> gamma, beta, running_mean, running_variance;
    planes<T> y;
    double epsilon = batch_normalisation_epsilon;

    constexpr work describe() const { return {"batch normalisation forward, inference", x, y}; }
};

/// With xhat = (x - mean) / sqrt(variance + epsilon) over `count` pixels of the batch:
///     dbeta = sum of dy,   dgamma = sum of dy * xhat,
///     dx = gamma / sqrt(variance + epsilon) * (dy - dbeta / count - xhat * dgamma / count)
/// `saved` is what training left; dx may be dy.
template <class T>
struct batch_normalisation_backward {
    planes<T const> x, dy;
    row<T const> gamma, saved;
    planes<T> dx;
    row<T> dgamma, dbeta;

    constexpr work describe() const { return {"batch normalisation backward", dy, dx}; }
};

/// What mean and variance of a batch are made of, for a part of the batch: per channel, over the pixels of x,
///     sums[c] = sum of (x - shift),   sums[channels + c] = sum of (x - shift)^2
/// A shift near the mean avoids cancellation. Host backends compute it, and the two below.
template <class T>
struct batch_normalisation_sums {
    planes<T const> x;
    row<T const> shift;
    row<double> sums;

    constexpr work describe() const { return {"batch normalisation sums", x, {}}; }
};

/// What the gradients are made of, for a part of a batch: per channel, over its pixels, with the mean in `saved`,
///     sums[c] = sum of dy,   sums[channels + c] = sum of dy * (x - mean)
template <class T>
struct batch_normalisation_gradient_sums {
    planes<T const> x, dy;
    row<T const> saved;
    row<double> sums;

    constexpr work describe() const { return {"batch normalisation gradient sums", dy, {}}; }
};

/// dx of `batch_normalisation_backward` for a part of a batch, from those sums over the whole batch and its `count` pixels; dx may be dy.
template <class T>
struct batch_normalisation_input_gradient {
    planes<T const> x, dy;
    row<T const> gamma, saved;
    row<double const> sums;
    double count = 0;
    planes<T> dx;

    constexpr work describe() const { return {"batch normalisation input gradient", dy, dx}; }
};

} // namespace mcfa
