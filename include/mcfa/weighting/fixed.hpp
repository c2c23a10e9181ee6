// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/weighting/mean_one.hpp>
#include <mcfa/weighting/policy.hpp>

#include <algorithm>
#include <cmath>
#include <string>

namespace mcfa::weighting {

/// The user's own weights, positive, the same in every stage; scaled to mean 1.
struct fixed {
    static constexpr std::string_view name = "fixed";
    static constexpr bool watches_steps = false;
    std::vector<double> weights; ///< one per attribute

    /// The rule and its options in words, as a checkpoint records them.
    std::string text() const {
        std::string all = "fixed, weights";
        for (double const w : weights) all += join({" ", w});
        return all;
    }

    /// Throws option_error where the length is not the number of attributes or a weight is not positive.
    no_state start(setting const& given) const {
        for (std::size_t stage = 0; stage < given.stages.size(); ++stage)
            if (auto const expected = given.stages[stage].attributes; weights.size() != static_cast<std::size_t>(expected))
                throw option_error({"fixed.weights: ", weights.size(), " weights for the ", expected, " attributes of stage ", stage});
        for (std::size_t k = 0; k < weights.size(); ++k)
            if (!(weights[k] > 0) || !std::isfinite(weights[k]))
                throw option_error({"fixed.weights[", k, "]: ", weights[k], ", must be positive and finite"});
        return {};
    }
    /// Throws shape_error where `out` has another length.
    void weigh(observation const&, std::span<double> out) const {
        if (out.size() != weights.size())
            throw shape_error({"fixed.weights: ", weights.size(), " weights, found ", out.size(), " attributes"});
        std::copy(weights.begin(), weights.end(), out.begin());
        scale_to_mean_one(out);
    }
};
static_assert(policy<fixed>);

} // namespace mcfa::weighting
