// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/op/deferred.hpp>

#include <cmath>

namespace mcfa::arithmetic {

constexpr bool is_finite(double x) { return x - x == 0; }

/// 1 / |h| from |h|^2; 0 where h is 0 or not finite, and then the unit sees no feature.
constexpr double inverse_length(double squares) { return is_finite(squares) && squares > 0 ? 1 / std::sqrt(squares) : 0.0; }

/// Values (not negative, not all 0) to mean 1, none below about a millionth of it.
constexpr void scale_to_mean_one(int count, double* values) {
    double sum = 0;
    for (int k = 0; k < count; ++k) sum += values[k];
    for (int k = 0; k < count; ++k) values[k] = values[k] * count / sum < 1e-6 ? 1e-6 : values[k] * count / sum;
    sum = 0;
    for (int k = 0; k < count; ++k) sum += values[k];
    for (int k = 0; k < count; ++k) values[k] *= count / sum;
}

/// The serial part of a `harder_first_rule`'s step, all of length K. `products` holds W x and becomes the step along x of each row of W:
///     a = W x + c,   weights = K softmax(a),   n = (a - r / T) minus its mean,   step = -rate n / (1 + |x|^2),   c += step
/// with r_k = L_k / mean L over the observed losses, 1 where a loss was not observed, and no step where none was.
template <class Loss>
constexpr void harder_first_step(harder_first_rule rule, double squared_length, Loss const& loss, double* products, double* bias,
                                 double* weights) {
    int const count = rule.attributes;
    double largest = 0, sum = 0, highest = products[0] + bias[0];
    int observed = 0;
    auto const is_observed = [](double l) { return is_finite(l) && l >= 0; };
    for (int k = 0; k < count; ++k) {
        double const l = loss(k), a = products[k] + bias[k];
        if (is_observed(l)) {
            ++observed;
            sum += l;
            largest = l > largest ? l : largest;
        }
        highest = a > highest ? a : highest;
    }
    double mean = 0;
    for (int k = 0; k < count; ++k) {
        double const l = loss(k), a = products[k] + bias[k];
        weights[k] = std::exp(a - highest);
        double const relative = is_observed(l) && largest > 0 ? l * observed / sum : 1.0;
        products[k] = a - relative / rule.temperature;
        mean += products[k] / count;
    }
    for (int k = 0; k < count; ++k) {
        products[k] = observed > 0 ? -rule.rate * (products[k] - mean) / (1 + squared_length) : 0.0;
        bias[k] += products[k];
    }
    scale_to_mean_one(count, weights);
}

} // namespace mcfa::arithmetic
