// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/weighting/check_option.hpp>
#include <mcfa/weighting/labelled.hpp>
#include <mcfa/weighting/learned_numbers.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace mcfa::weighting {

/// Loss discrepancy control, LDC-MTL (Xiao et al., 2025), whose two levels one loss joins; v = sigmoid(a), a learned by Adam from 1:
///
///     J = v . L / sg(sum v) + lambda sum_{k<K} |v_k L_k - v_{k+1} L_{k+1}|,   s_k = sgn(v_k L_k - v_{k+1} L_{k+1}) - sgn(v_{k-1} L_{k-1} - v_k L_k)
///     dJ/dL_k = v_k (1 / sum v + lambda s_k), to which w_k is proportional,   dJ/da_k = L_k v_k (1 - v_k) (1 / sum v + lambda s_k)
///
/// sg: held constant. Neighbours are those among the attributes that have a label in the batch; the others stand still and weigh 1. Where
/// lambda is so large that dJ/dL_k is negative, the weight is the least positive one.
struct bilevel {
    static constexpr std::string_view name = "bilevel";
    double discrepancy = 0.01; ///< lambda, not negative
    double rate = 0.001;       ///< of Adam, positive

    /// The rule and its options in words, as a checkpoint records them.
    std::string text() const { return join({name, ", discrepancy ", discrepancy, ", rate ", rate}); }

    struct state {
        learned_numbers logit; ///< a
    };

    /// Throws option_error where an option is out of range.
    state start(setting const& given) const {
        check_not_negative("bilevel.discrepancy", discrepancy);
        check_positive("bilevel.rate", rate);
        return {learned_numbers(given, 1)};
    }
    void weigh(state& s, observation const& seen, std::span<double> weights) const {
        auto const labelled = labelled_in(seen.losses);
        auto slope = slopes(s, seen, labelled).second;
        for (double& w : slope) w = std::max(w, 0.0);
        scale_to_mean_one(slope);
        place(labelled, slope, weights);
    }
    void learn(state& s, observation const& seen) const {
        auto const labelled = labelled_in(seen.losses);
        auto [v, gradient] = slopes(s, seen, labelled);
        for (std::size_t i = 0; i < v.size(); ++i) gradient[i] *= std::min(seen.losses[labelled[i]], 1e100) * (1 - v[i]);
        s.logit.move(seen.stage, seen.losses.size(), labelled, gradient, rate);
    }
    template <class F>
    void visit(state& s, F&& f) const {
        s.logit.visit("logit", f);
    }

private:
    /// v and dJ/dL of the labelled attributes.
    std::pair<std::vector<double>, std::vector<double>> slopes(state& s, observation const& seen,
                                                               std::vector<std::size_t> const& labelled) const {
        auto v = values_of(labelled, s.logit.at(seen.stage, seen.losses.size()));
        for (double& a : v) a = 1 / (1 + std::exp(-a));
        std::vector<double> slope(v.size(), 1 / std::accumulate(v.begin(), v.end(), 0.0));
        for (std::size_t i = 0; i + 1 < v.size(); ++i) {
            double const here = v[i] * seen.losses[labelled[i]], next = v[i + 1] * seen.losses[labelled[i + 1]];
            double const sign = (here > next) - (here < next);
            slope[i] += discrepancy * sign;
            slope[i + 1] -= discrepancy * sign;
        }
        for (std::size_t i = 0; i < v.size(); ++i) slope[i] *= v[i];
        return {v, slope};
    }
};
static_assert(policy<bilevel>);

} // namespace mcfa::weighting
