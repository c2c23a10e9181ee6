// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/weighting/mean_one.hpp>
#include <mcfa/weighting/per_stage.hpp>

#include <algorithm>

namespace mcfa::weighting {

/// Dynamic weight average (Liu et al., CVPR 2019). With L(t) the training means of epoch t, from epoch 3 on
///
///     r_k = L_k(t - 1) / L_k(t - 2),   w = K softmax(r / T)
///
/// and 1 before: a loss that falls more slowly weighs more. Where an epoch did not observe an attribute (NaN), or the earlier
/// loss is 0, its r is 1.
struct average {
    static constexpr std::string_view name = "average";
    static constexpr bool watches_steps = false;
    double temperature = 2; ///< T, positive; large values even the weights out

    /// The rule and its options in words, as a checkpoint records them.
    std::string text() const { return join({name, ", temperature ", temperature}); }

    struct state {
        per_stage weight;
        per_stage previous; ///< the last observed training mean; 0 before
    };

    /// Throws option_error where the temperature is not positive.
    state start(setting const& given) const {
        if (!(temperature > 0)) throw option_error({"average.temperature: ", temperature, ", must be positive"});
        return {per_stage(given, attributes_of, 1), per_stage(given, attributes_of, 0)};
    }
    void weigh(state& s, observation const& seen, std::span<double> weights) const {
        auto const from = s.weight.at(seen.stage, weights.size());
        std::copy(from.begin(), from.end(), weights.begin());
    }
    void trained(state& s, int stage, std::span<double const> losses) const {
        constexpr double most = 1e6; // a ratio beyond it has all the weight already; keeps the quotient finite
        auto const previous = s.previous.at(stage, losses.size());
        std::vector<double> logits(losses.size());
        for (std::size_t k = 0; k < losses.size(); ++k) {
            bool const now = observed(losses[k]);
            logits[k] = (now && previous[k] > 0 ? std::min(losses[k] / previous[k], most) : 1.0) / temperature;
            if (now) previous[k] = losses[k];
        }
        softmax_to_mean_one(logits, s.weight.at(stage, losses.size()));
    }
    template <class F>
    void visit(state& s, F&& f) const {
        s.weight.visit("weight", f);
        s.previous.visit("previous", f);
    }
};
static_assert(policy<average>);

} // namespace mcfa::weighting
