// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <span>

namespace mcfa::weighting {

/// No weight falls below this share of the mean, so that weights stay positive where exp() underflows.
inline constexpr double least_weight = 1e-6;

/// A loss counts as observed where it is finite and not negative; NaN stands for "no labelled sample".
inline bool observed(double loss) { return std::isfinite(loss) && loss >= 0; }

/// Scales values (finite, not negative) to mean 1, none below about `least`; all zero becomes all one.
inline void scale_to_mean_one(std::span<double> values, double least = least_weight) {
    // Divided by the largest first: the sum of huge values stays finite.
    auto divide = [&](double by) {
        for (double& v : values) v /= by;
    };
    double largest = 0;
    for (double const v : values) largest = std::max(largest, v);
    if (!(largest > 0)) return std::fill(values.begin(), values.end(), 1.0);
    divide(largest);
    auto mean = [&] {
        double sum = 0;
        for (double const v : values) sum += v;
        return sum / static_cast<double>(values.size());
    };
    divide(mean());
    for (double& v : values) v = std::max(v, least);
    divide(mean());
}

/// weights = K softmax(logits), both of length K; logits finite.
inline void softmax_to_mean_one(std::span<double const> logits, std::span<double> weights) {
    if (logits.empty()) return;
    double const largest = *std::max_element(logits.begin(), logits.end());
    for (std::size_t k = 0; k < logits.size(); ++k) weights[k] = std::exp(logits[k] - largest);
    scale_to_mean_one(weights);
}

} // namespace mcfa::weighting
