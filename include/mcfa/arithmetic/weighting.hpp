// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/view.hpp>

#include <cmath>
#include <cstddef>

// The arithmetic of weights, for policies on the host and programs on a device.
namespace mcfa::arithmetic {

constexpr bool is_finite(double x) { return x - x == 0; }

/// A loss counts as observed if it is finite and not negative; NaN stands for "no labelled sample".
constexpr bool is_observed(double loss) { return is_finite(loss) && loss >= 0; }

/// Lower bound of a weight as a share of the mean; keeps weights positive if exp() underflows.
inline constexpr double least_weight = 1e-6;

/// Scales values (finite, not negative) to mean 1, none below about `least`; all zero becomes all one.
constexpr void scale_to_mean_one(row<double> values, double least = least_weight) {
    double largest = 0;
    for (double const v : values) largest = v > largest ? v : largest;
    auto const divide_by_mean = [&] {
        double sum = 0;
        for (double const v : values) sum += v;
        double const mean = sum / static_cast<double>(values.size());
        for (double& v : values) v /= mean;
    };
    for (double& v : values) v = largest > 0 ? v / largest : 1.0; // first, so that the sum of very large values stays finite
    if (!(largest > 0)) return;
    divide_by_mean();
    for (double& v : values) v = v > least ? v : least;
    divide_by_mean();
}

/// weights = K softmax(logits), both of length K and perhaps the same; logits finite.
constexpr void softmax_to_mean_one(row<double const> logits, row<double> weights) {
    if (logits.extent(0) == 0) return;
    double largest = logits[0];
    for (double const a : logits) largest = a > largest ? a : largest;
    for (std::size_t k = 0; k < logits.size(); ++k) weights[k] = std::exp(logits[k] - largest);
    scale_to_mean_one(weights);
}

/// 1 / |h| from |h|^2; 0 if h is 0 or not finite, so that the unit sees no feature.
constexpr double inverse_length(double squares) { return is_finite(squares) && squares > 0 ? 1 / std::sqrt(squares) : 0.0; }

/// r_k = L_k / mean L over the observed losses; 1, the mean, if a loss was not observed or all are 0. `loss(k)` gives L_k.
/// Returns whether any loss was observed.
template <class Loss>
constexpr bool relative_losses(Loss const& loss, row<double> relative) {
    double largest = 0;
    for (std::size_t k = 0; k < relative.size(); ++k)
        if (double const l = loss(k); is_observed(l) && l > largest) largest = l;
    double sum = 0; // in units of the largest, so that it cannot overflow
    int observed = 0;
    for (std::size_t k = 0; k < relative.size(); ++k) {
        double const l = loss(k);
        if (!is_observed(l)) continue;
        ++observed;
        if (largest > 0) sum += l / largest;
    }
    for (std::size_t k = 0; k < relative.size(); ++k) {
        double const l = loss(k);
        relative[k] = is_observed(l) && largest > 0 ? l / largest * observed / sum : 1.0;
    }
    return observed > 0;
}

/// n = (a - r / T) minus its mean: the natural gradient over the logits a, divided by T, of
///
///     J(q) = - sum_k q_k r_k + T sum_k q_k log(K q_k),   q = u / K = softmax(a)
///
/// All of length K; the gradient may be written over the relative losses r.
///
/// Derivation. dJ/dq_k = d_k = -r_k + T (log(K q_k) + 1), and dq_k/da_i = q_k ([k = i] - q_i), so the plain gradient is
///
///     dJ/da_k = q_k (d_k - sum_i q_i d_i),   that is  g = F d  with  F = diag(q) - q q'.
///
/// It carries the factor q_k, about 1/K and nearly 0 for an attribute whose weight is small, which would hardly ever return.
/// F is the Fisher matrix of the softmax; its null space is the constant vectors, so the natural gradient is
///
///     F^+ g = d - mean d,   and with log q_k = a_k + const,   (F^+ g)_k / T = (a_k - mean a) - (r_k - mean r) / T.
///
/// It is linear in a: stable for every step length below 2, and zero at u = K softmax(r / T) alone.
constexpr void harder_first_gradient(row<double const> logits, row<double const> relative, double temperature, row<double> gradient) {
    double mean = 0;
    for (std::size_t k = 0; k < logits.size(); ++k) {
        gradient[k] = logits[k] - relative[k] / temperature;
        mean += gradient[k] / static_cast<double>(logits.size());
    }
    for (double& n : gradient) n -= mean;
}

} // namespace mcfa::arithmetic
