// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/weighting/mean_one.hpp>
#include <mcfa/weighting/per_stage.hpp>

#include <algorithm>
#include <cmath>

namespace mcfa::weighting {

/// Weights by the trend of the validation loss (He et al., ACM MM 2017). With v the validation means and v' those before them:
///
///     t_k = |v_k - v'_k| / v_k,   u_k = (t_k / mean t) (v_k / mean v),   w_k = u_k / mean u
///
/// v_k cancels, so w_k = |v_k - v'_k| / mean |v - v'|, which is what is computed; it holds for v_k = 0 too.
/// All weights are 1 until two validations were seen, and stay as they are where no loss has moved. An attribute that a
/// validation did not observe (NaN) keeps its weight and its last loss.
struct trend {
    static constexpr std::string_view name = "trend";
    static constexpr bool watches_steps = false;
    double least = 0.01; ///< weights are raised to this before the last scaling to mean 1; in (0, 1]

    /// The rule and its options in words, as a checkpoint records them.
    std::string text() const { return join({name, ", least ", least}); }

    struct state {
        per_stage weight;
        per_stage previous; ///< the last observed validation loss
        per_stage seen;     ///< 1 where there is one
    };

    /// Throws option_error where `least` is out of range.
    state start(setting const& given) const {
        if (!(least > 0 && least <= 1)) throw option_error({"trend.least: ", least, ", must be in (0, 1]"});
        return {per_stage(given, attributes_of, 1), per_stage(given, attributes_of, 0), per_stage(given, attributes_of, 0)};
    }
    void weigh(state& s, observation const& seen, std::span<double> weights) const {
        auto const from = s.weight.at(seen.stage, weights.size());
        std::copy(from.begin(), from.end(), weights.begin());
    }
    void validated(state& s, int stage, std::span<double const> losses) const {
        auto const weight = s.weight.at(stage, losses.size());
        auto const previous = s.previous.at(stage, losses.size());
        auto const seen = s.seen.at(stage, losses.size());

        std::vector<std::size_t> moved; // attributes observed now and before
        std::vector<double> change;
        for (std::size_t k = 0; k < losses.size(); ++k) {
            if (!observed(losses[k])) continue;
            if (seen[k] == 1) {
                moved.push_back(k);
                change.push_back(std::abs(losses[k] - previous[k]));
            }
            previous[k] = losses[k];
            seen[k] = 1;
        }
        if (std::all_of(change.begin(), change.end(), [](double c) { return c == 0; })) return;
        scale_to_mean_one(change, least);
        for (std::size_t i = 0; i < moved.size(); ++i) weight[moved[i]] = change[i];
        scale_to_mean_one(weight, least);
    }
    template <class F>
    void visit(state& s, F&& f) const {
        s.weight.visit("weight", f);
        s.previous.visit("previous", f);
        s.seen.visit("seen", f);
    }
};
static_assert(policy<trend>);

} // namespace mcfa::weighting
