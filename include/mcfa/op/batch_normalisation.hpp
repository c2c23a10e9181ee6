// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/op/pass.hpp>

namespace mcfa {

/// Batch normalisation, Ioffe and Szegedy (ICML 2015), per channel over batch and pixels:
///     y = gamma * (x - mean) / sqrt(variance + epsilon) + beta
/// In training, mean and (biased) variance are the batch's, and the running ones move by `momentum` towards the batch's mean and
/// unbiased variance, as PyTorch does. `saved` keeps mean and 1 / sqrt(variance + epsilon): 2 * channels values.
///
/// `kernel<batch_normalisation, B>` has
///     forward_training(run, op, batch, x, gamma, beta, running_mean, running_variance, saved, y)
///     forward_inference(run, op, batch, x, gamma, beta, running_mean, running_variance, y)
///     backward(run, op, batch, x, dy, gamma, saved, dx, dgamma, dbeta)    overwrites its results; dx may be dy
struct batch_normalisation {
    int channels = 0;
    int pixels = 1;
    double epsilon = 1e-5;
    double momentum = 0.1;
};

} // namespace mcfa
