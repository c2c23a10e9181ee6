// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/weighting/check_option.hpp>
#include <mcfa/weighting/labelled.hpp>
#include <mcfa/weighting/learned_numbers.hpp>
#include <mcfa/weighting/softmax.hpp>

#include <cmath>

namespace mcfa::weighting {

/// Fast adaptive multitask optimization (Liu et al., NeurIPS 2023). With z = softmax(x) over the labelled attributes,
///
///     w_k proportional to z_k / L_k,   descends sum_k z_k log L_k,
///     after the next step, with d_k = log L_k(before) - log L_k(now):   x by Adam along the gradient z_k (d_k - sum_i z_i d_i)
///
/// so that an attribute whose loss falls less than the others' gains weight. The paper evaluates each batch once more for L(now); here the
/// next batch stands in, which costs nothing. Losses have 1e-8 added. x starts at 0; where a loss is missing (NaN) it stands still.
struct famo {
    static constexpr std::string_view name = "famo";
    double rate = 0.025;  ///< of Adam, positive
    double decay = 0.001; ///< of x, not negative

    /// The rule and its options in words, as a checkpoint records them.
    std::string text() const { return join({name, ", rate ", rate, ", decay ", decay}); }

    struct state {
        learned_numbers logit; ///< x
        per_stage before;      ///< log of the last observed loss; 1e3, more than any, where there is none
    };

    /// Throws option_error where an option is out of range.
    state start(setting const& given) const {
        check_positive("famo.rate", rate);
        check_not_negative("famo.decay", decay);
        return {learned_numbers(given, 0), per_stage(given, attributes_of, none)};
    }
    void weigh(state& s, observation const& seen, std::span<double> weights) const {
        auto const labelled = labelled_in(seen.losses);
        auto logits = values_of(labelled, s.logit.at(seen.stage, weights.size()));
        for (std::size_t i = 0; i < labelled.size(); ++i) logits[i] -= log_loss(seen.losses[labelled[i]]);
        place_softmax(labelled, logits, weights);
    }
    void learn(state& s, observation const& seen) const {
        auto const before = s.before.at(seen.stage, seen.losses.size());
        std::vector<std::size_t> twice; // observed now and before
        std::vector<double> fall;       // d, then the gradient
        for (std::size_t const k : labelled_in(seen.losses)) {
            double const now = log_loss(seen.losses[k]);
            if (before[k] != none) twice.push_back(k), fall.push_back(before[k] - now);
            before[k] = now;
        }
        through_softmax(softmax(values_of(twice, s.logit.at(seen.stage, before.size()))), fall);
        s.logit.move(seen.stage, before.size(), twice, fall, rate, decay);
    }
    template <class F>
    void visit(state& s, F&& f) const {
        s.logit.visit("logit", f);
        s.before.visit("before", f);
    }

private:
    static constexpr double none = 1e3;
    static double log_loss(double loss) { return std::log(loss + 1e-8); }
};
static_assert(policy<famo>);

} // namespace mcfa::weighting
