// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/weighting/drafted.hpp>
#include <mcfa/weighting/labelled.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace mcfa::weighting {

/// Any policy, its weights smoothed over steps (Zhou et al., NeurIPS 2022, CR-MOGM): with v_t what it gives in step t,
///
///     w_t = memory w_{t-1} + (1 - memory) v_t,   w_1 = v_1
///
/// for rules whose weights jump from batch to batch. An attribute without a label in the batch (NaN) keeps its weight; of the others v is
/// scaled to the sum that w_{t-1} has, so that the mean stays 1. The policy's weights must be positive.
template <policy Policy>
struct smoothed {
    std::string name;
    Policy rule;
    double memory;
    bool wants_gradient_norms, wants_gramian;

    explicit smoothed(Policy p = {}, double share = 0.9)
        : name("smoothed:" + std::string(p.name)),
          rule(std::move(p)),
          memory(share),
          wants_gradient_norms(traits::wants_gradient_norms(rule)),
          wants_gramian(traits::wants_gramian(rule)) {}

    /// The rule and its options in words, as a checkpoint records them.
    std::string text() const { return join({"smoothed, memory ", memory, ", of ", traits::text(rule)}); }

    struct state {
        typename policy_traits<Policy>::state inner;
        drafted weight; ///< 0 before the first step
    };

    /// Throws option_error where the memory is out of range, and what the policy throws.
    state start(setting const& given) const {
        if (!(memory >= 0 && memory < 1)) throw option_error({"smoothed.memory: ", memory, ", must be in [0, 1)"});
        return {traits::start(rule, given), drafted(given, attributes_of, 0)};
    }
    void weigh(state& s, observation const& seen, std::span<double> weights) const {
        traits::weigh(rule, s.inner, seen, weights);
        auto const weight = s.weight.draft(seen.stage, weights.size());
        if (std::ranges::any_of(weight, [](double w) { return w != 0; })) {
            auto const labelled = labelled_in(seen.losses);
            double before = 0, now = 0; // sums over the labelled attributes
            for (std::size_t const k : labelled) before += weight[k], now += weights[k];
            for (std::size_t const k : labelled) weight[k] = memory * weight[k] + (1 - memory) * weights[k] * (before / now);
            std::ranges::copy(weight, weights.begin());
        }
        std::ranges::copy(weights, weight.begin());
    }
    void learn(state& s, observation const& seen) const {
        s.weight.keep(seen.stage, seen.losses.size());
        traits::learn(rule, s.inner, seen);
    }
    void trained(state& s, int stage, std::span<double const> losses) const { traits::trained(rule, s.inner, stage, losses); }
    void validated(state& s, int stage, std::span<double const> losses) const { traits::validated(rule, s.inner, stage, losses); }
    template <class F>
    void visit(state& s, F&& f) const {
        s.weight.visit("smoothed", f);
        traits::visit(rule, s.inner, f);
    }

private:
    using traits = policy_traits<Policy>;
};

} // namespace mcfa::weighting
