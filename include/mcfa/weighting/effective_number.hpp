// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <span>

namespace mcfa::weighting {

/// How many attributes the weights really train: exp(entropy of u / K), from 1 (one has all the weight) to K (all equal).
/// Weights are not negative and their sum is positive; an empty span gives 0.
inline double effective_number(std::span<double const> weights) {
    if (weights.empty()) return 0;
    double sum = 0;
    for (double const u : weights) sum += u;
    double entropy = 0;
    for (double const u : weights)
        if (u > 0) entropy -= u / sum * std::log(u / sum);
    return std::exp(entropy);
}

} // namespace mcfa::weighting
