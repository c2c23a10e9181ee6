// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/arithmetic/weighting.hpp>

#include <span>

namespace mcfa::weighting {

/// A loss counts as observed if it is finite and not negative; NaN stands for "no labelled sample".
inline bool observed(double loss) { return arithmetic::is_observed(loss); }

/// Scales values (finite, not negative) to mean 1, none below about `least`; all zero becomes all one.
inline void scale_to_mean_one(std::span<double> values, double least = arithmetic::least_weight) {
    arithmetic::scale_to_mean_one(row<double>{values}, least);
}

/// weights = K softmax(logits), both of length K; logits finite.
inline void softmax_to_mean_one(std::span<double const> logits, std::span<double> weights) {
    arithmetic::softmax_to_mean_one(row<double const>{logits}, row<double>{weights});
}

} // namespace mcfa::weighting
