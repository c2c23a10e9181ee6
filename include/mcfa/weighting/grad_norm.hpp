// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/weighting/check_option.hpp>
#include <mcfa/weighting/labelled.hpp>
#include <mcfa/weighting/learned_numbers.hpp>
#include <mcfa/weighting/softmax.hpp>

#include <cmath>
#include <numeric>

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
        learned_numbers logit; ///< x
        per_stage begun;       ///< L(1); 0 where it is not known
    };

    /// Throws option_error where an option is out of range.
    state start(setting const& given) const {
        if (!(restoring >= 0 && restoring <= 10)) throw option_error({"grad_norm.restoring: ", restoring, ", must be in [0, 10]"});
        check_positive("grad_norm.rate", rate);
        return {learned_numbers(given, 0), per_stage(given, attributes_of, 0)};
    }
    void weigh(state& s, observation const& seen, std::span<double> weights) const {
        auto const known = labelled_in(ratios(s, seen));
        place_softmax(known, values_of(known, s.logit.at(seen.stage, weights.size())), weights);
    }
    /// Throws shape_error where there is not one norm an attribute.
    void learn(state& s, observation const& seen) const {
        std::size_t const all = seen.losses.size();
        if (seen.gradient_norms.size() != all)
            throw shape_error({"grad_norm: ", seen.gradient_norms.size(), " norms for ", all, " attributes"});
        auto const ratio = ratios(s, seen);
        auto const known = labelled_in(ratio);
        auto const norms = values_of(known, seen.gradient_norms), p = softmax(values_of(known, s.logit.at(seen.stage, all)));
        std::vector<double> rates(known.size()), gradient(known.size());
        arithmetic::relative_losses([&](std::size_t i) { return ratio[known[i]]; }, row<double>{rates});
        double const count = static_cast<double>(known.size()), mean = std::inner_product(p.begin(), p.end(), norms.begin(), 0.0);
        if (!std::isfinite(mean)) return;
        for (std::size_t i = 0; i < known.size(); ++i) {
            double const norm = count * p[i] * norms[i], wanted = mean * std::pow(rates[i], restoring);
            gradient[i] = count * norms[i] * ((norm > wanted) - (norm < wanted)); // dJ/dp
        }
        through_softmax(p, gradient);
        s.logit.move(seen.stage, all, known, gradient, rate);
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
    }

private:
    /// L / L(1); not finite where either is not known.
    static std::vector<double> ratios(state& s, observation const& seen) {
        auto const begun = s.begun.at(seen.stage, seen.losses.size());
        std::vector<double> ratio(seen.losses.begin(), seen.losses.end());
        for (std::size_t k = 0; k < ratio.size(); ++k) ratio[k] /= begun[k];
        return ratio;
    }
};
static_assert(policy<grad_norm>);

} // namespace mcfa::weighting
