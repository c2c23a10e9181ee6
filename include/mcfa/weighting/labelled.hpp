// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/weighting/mean_one.hpp>
#include <mcfa/weighting/policy.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace mcfa::weighting {

/// Positions of the attributes whose loss this batch observed.
inline std::vector<std::size_t> labelled_in(std::span<double const> losses) {
    std::vector<std::size_t> labelled;
    for (std::size_t k = 0; k < losses.size(); ++k)
        if (observed(losses[k])) labelled.push_back(k);
    return labelled;
}

/// The values of those attributes: values[labelled[i]].
inline std::vector<double> values_of(std::vector<std::size_t> const& labelled, std::span<double const> values) {
    std::vector<double> own;
    for (std::size_t const k : labelled) own.push_back(values[k]);
    return own;
}

/// values[i] is for attribute labelled[i]; the others' weights are 1, so that an attribute without labels changes nothing among the rest.
inline void place(std::vector<std::size_t> const& labelled, std::span<double const> values, std::span<double> weights) {
    std::fill(weights.begin(), weights.end(), 1.0);
    for (std::size_t i = 0; i < labelled.size(); ++i) weights[labelled[i]] = values[i];
}

/// weights of the labelled attributes = n softmax(logits), n their number; logits (n) finite; the others' weights are 1.
inline void place_softmax(std::vector<std::size_t> const& labelled, std::vector<double> logits, std::span<double> weights) {
    softmax_to_mean_one(logits, logits);
    place(labelled, logits, weights);
}

} // namespace mcfa::weighting
