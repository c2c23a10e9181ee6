// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/weighting/adam_steps.hpp>
#include <mcfa/weighting/labelled.hpp>

#include <algorithm>
#include <cmath>

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
        per_stage logit; ///< a
        adam_steps adam;
    };

    /// Throws option_error where an option is out of range.
    state start(setting const& given) const {
        if (!(discrepancy >= 0 && std::isfinite(discrepancy)))
            throw option_error({"bilevel.discrepancy: ", discrepancy, ", must not be negative"});
        if (!(rate > 0 && std::isfinite(rate))) throw option_error({"bilevel.rate: ", rate, ", must be positive"});
        return {per_stage(given, attributes_of, 1), adam_steps(given)};
    }
    void weigh(state& s, observation const& seen, std::span<double> weights) const {
        auto const logit = s.logit.at(seen.stage, weights.size());
        auto const labelled = labelled_in(seen.losses);
        auto factor = factors(logit, labelled, seen.losses);
        for (std::size_t i = 0; i < labelled.size(); ++i) factor[i] = std::max(factor[i] * sigmoid(logit[labelled[i]]), 0.0);
        scale_to_mean_one(factor);
        place(labelled, factor, weights);
    }
    void learn(state& s, observation const& seen) const {
        auto const logit = s.logit.at(seen.stage, seen.losses.size());
        auto const labelled = labelled_in(seen.losses);
        auto gradient = factors(logit, labelled, seen.losses);
        for (std::size_t i = 0; i < labelled.size(); ++i) {
            double const v = sigmoid(logit[labelled[i]]);
            gradient[i] *= std::min(seen.losses[labelled[i]], 1e100) * v * (1 - v);
        }
        s.adam.move(seen.stage, logit, labelled, gradient, rate);
    }
    template <class F>
    void visit(state& s, F&& f) const {
        s.logit.visit("logit", f);
        s.adam.visit(f);
    }

private:
    static double sigmoid(double a) { return 1 / (1 + std::exp(-a)); }
    /// 1 / sum v + lambda s_k of the labelled attributes.
    std::vector<double> factors(std::span<double const> logit, std::vector<std::size_t> const& labelled,
                                std::span<double const> losses) const {
        double sum = 0;
        for (std::size_t const k : labelled) sum += sigmoid(logit[k]);
        std::vector<double> factor(labelled.size(), 1 / sum);
        for (std::size_t i = 0; i + 1 < labelled.size(); ++i) {
            double const here = sigmoid(logit[labelled[i]]) * losses[labelled[i]],
                         next = sigmoid(logit[labelled[i + 1]]) * losses[labelled[i + 1]];
            double const sign = (here > next) - (here < next);
            factor[i] += discrepancy * sign;
            factor[i + 1] -= discrepancy * sign;
        }
        return factor;
    }
};
static_assert(policy<bilevel>);

} // namespace mcfa::weighting
