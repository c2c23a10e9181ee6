// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/weighting/mean_one.hpp>
#include <mcfa/weighting/per_stage.hpp>

#include <algorithm>
#include <cmath>

namespace mcfa::weighting {

/// Learned uncertainty (Kendall et al., CVPR 2018). Each attribute has a log variance s_k, learned by gradient descent on
///
///     J(s) = sum_k L_k / (2 e^{s_k}) + s_k / 2,   dJ/ds_k = (1 - L_k e^{-s_k}) / 2,   optimum e^{s_k} = L_k
///
/// and the weights are w_k = e^{-s_k} / mean e^{-s}: easier attributes weigh more. s starts at 0.
/// Near the optimum an error shrinks by rate / 2 a step, so the default follows the losses within some hundreds of steps.
/// The gradient is bounded to [-1, 1] and s to [-10, 10], so that one wild batch moves little and a loss of 0 does not run off.
/// An attribute without a labelled sample (NaN) stands still.
struct uncertainty {
    static constexpr std::string_view name = "uncertainty";
    double rate = 0.02; ///< in (0, 1]

    /// The rule and its options in words, as a checkpoint records them.
    std::string text() const { return join({name, ", rate ", rate}); }

    struct state {
        per_stage log_variance;
    };

    /// Throws option_error where the rate is out of range.
    state start(setting const& given) const {
        if (!(rate > 0 && rate <= 1)) throw option_error({"uncertainty.rate: ", rate, ", must be in (0, 1]"});
        return {per_stage(given, attributes_of, 0)};
    }
    void weigh(state& s, observation const& seen, std::span<double> weights) const {
        auto const log_variance = s.log_variance.at(seen.stage, weights.size());
        for (std::size_t k = 0; k < weights.size(); ++k) weights[k] = std::exp(-log_variance[k]);
        scale_to_mean_one(weights);
    }
    void learn(state& s, observation const& seen) const {
        auto const log_variance = s.log_variance.at(seen.stage, seen.losses.size());
        for (std::size_t k = 0; k < seen.losses.size(); ++k) {
            if (!observed(seen.losses[k])) continue;
            double const gradient = std::max((1 - seen.losses[k] * std::exp(-log_variance[k])) / 2, -1.0);
            log_variance[k] = std::clamp(log_variance[k] - rate * gradient, -10.0, 10.0);
        }
    }
    template <class F>
    void visit(state& s, F&& f) const {
        s.log_variance.visit("log_variance", f);
    }
};
static_assert(policy<uncertainty>);

} // namespace mcfa::weighting
