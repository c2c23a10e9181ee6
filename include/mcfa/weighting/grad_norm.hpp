// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/weighting/adam_steps.hpp>
#include <mcfa/weighting/labelled.hpp>

#include <cmath>

namespace mcfa::weighting {

/// Gradient normalisation (Chen et al., ICML 2018). With g_k the attributes' gradients at the feature and L_k(1) their mean training losses of
/// the first epoch, w = K softmax(x) is learned by Adam on
///
///     J = sum_k | n_k - c_k |,   n_k = w_k |g_k|,   c_k = sg(mean n * r_k^alpha),   r_k = (L_k / L_k(1)) / mean (L / L(1))
///
/// sg: held constant. An attribute that trains slowly is given the larger gradient. Weights are 1 in the first epoch; an attribute whose
/// L_k(1) is not known, or that has no label in the batch (NaN), weighs 1 and stands still.
struct grad_norm {
    static constexpr std::string_view name = "grad_norm";
    static constexpr bool wants_gradient_norms = true;
    double restoring = 1.5; ///< alpha, not negative: how strongly rates of training are evened out
    double rate = 0.01;     ///< of Adam, positive

    /// The rule and its options in words, as a checkpoint records them.
    std::string text() const { return join({name, ", restoring ", restoring, ", rate ", rate}); }

    struct state {
        per_stage logit; ///< x
        per_stage begun; ///< L(1); 0 where it is not known
        adam_steps adam;
    };

    /// Throws option_error where an option is out of range.
    state start(setting const& given) const {
        if (!(restoring >= 0 && restoring <= 10)) throw option_error({"grad_norm.restoring: ", restoring, ", must be in [0, 10]"});
        if (!(rate > 0 && std::isfinite(rate))) throw option_error({"grad_norm.rate: ", rate, ", must be positive"});
        return {per_stage(given, attributes_of, 0), per_stage(given, attributes_of, 0), adam_steps(given)};
    }
    void weigh(state& s, observation const& seen, std::span<double> weights) const {
        auto const logit = s.logit.at(seen.stage, weights.size());
        auto const known = known_in(s, seen);
        std::vector<double> logits;
        for (std::size_t const k : known) logits.push_back(logit[k]);
        place_softmax(known, logits, weights);
    }
    /// Throws shape_error where there is not one norm an attribute.
    void learn(state& s, observation const& seen) const {
        if (seen.gradient_norms.size() != seen.losses.size())
            throw shape_error({"grad_norm: ", seen.gradient_norms.size(), " norms for ", seen.losses.size(), " attributes"});
        auto const logit = s.logit.at(seen.stage, seen.losses.size()), begun = s.begun.at(seen.stage, seen.losses.size());
        auto const known = known_in(s, seen);
        std::size_t const count = known.size();
        if (count == 0) return;
        std::vector<double> weight, relative(count), gradient(count);
        for (std::size_t const k : known) weight.push_back(logit[k]);
        softmax_to_mean_one(weight, weight);
        arithmetic::relative_losses([&](std::size_t i) { return seen.losses[known[i]] / begun[known[i]]; }, row<double>{relative});
        double mean_norm = 0, mean_slope = 0;
        for (std::size_t i = 0; i < count; ++i) mean_norm += weight[i] * seen.gradient_norms[known[i]] / static_cast<double>(count);
        if (!std::isfinite(mean_norm)) return;
        for (std::size_t i = 0; i < count; ++i) {
            double const norm = seen.gradient_norms[known[i]], wanted = mean_norm * std::pow(relative[i], restoring);
            gradient[i] = weight[i] * norm > wanted ? norm : weight[i] * norm < wanted ? -norm : 0; // dJ/dw
            mean_slope += weight[i] / static_cast<double>(count) * gradient[i];
        }
        for (std::size_t i = 0; i < count; ++i) gradient[i] = weight[i] * (gradient[i] - mean_slope); // dJ/dx
        s.adam.move(seen.stage, logit, known, gradient, rate);
    }
    void trained(state& s, int stage, std::span<double const> losses) const {
        auto const begun = s.begun.at(stage, losses.size());
        for (std::size_t const k : labelled_in(losses))
            if (begun[k] == 0) begun[k] = losses[k];
    }
    template <class F>
    void visit(state& s, F&& f) const {
        s.logit.visit("logit", f);
        s.begun.visit("begun", f);
        s.adam.visit(f);
    }

private:
    static std::vector<std::size_t> known_in(state& s, observation const& seen) {
        auto const begun = s.begun.at(seen.stage, seen.losses.size());
        std::vector<std::size_t> known;
        for (std::size_t const k : labelled_in(seen.losses))
            if (begun[k] > 0) known.push_back(k);
        return known;
    }
};
static_assert(policy<grad_norm>);

} // namespace mcfa::weighting
