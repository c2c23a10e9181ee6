// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/weighting/adam_steps.hpp>
#include <mcfa/weighting/labelled.hpp>

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
        per_stage logit;
        per_stage before; ///< log of the last observed loss; 1e3, more than any, where there is none
        adam_steps adam;
    };

    /// Throws option_error where an option is out of range.
    state start(setting const& given) const {
        if (!(rate > 0 && std::isfinite(rate))) throw option_error({"famo.rate: ", rate, ", must be positive"});
        if (!(decay >= 0 && std::isfinite(decay))) throw option_error({"famo.decay: ", decay, ", must not be negative"});
        return {per_stage(given, attributes_of, 0), per_stage(given, attributes_of, none), adam_steps(given)};
    }
    void weigh(state& s, observation const& seen, std::span<double> weights) const {
        auto const logit = s.logit.at(seen.stage, weights.size());
        auto const labelled = labelled_in(seen.losses);
        std::vector<double> logits;
        for (std::size_t const k : labelled) logits.push_back(logit[k] - log_loss(seen.losses[k]));
        place_softmax(labelled, logits, weights);
    }
    void learn(state& s, observation const& seen) const {
        auto const logit = s.logit.at(seen.stage, seen.losses.size()), before = s.before.at(seen.stage, seen.losses.size());
        std::vector<std::size_t> twice; // observed now and before
        std::vector<double> z, fall;
        for (std::size_t const k : labelled_in(seen.losses)) {
            double const now = log_loss(seen.losses[k]);
            if (before[k] != none) twice.push_back(k), z.push_back(logit[k]), fall.push_back(before[k] - now);
            before[k] = now;
        }
        if (twice.empty()) return;
        softmax_to_mean_one(z, z);
        double const count = static_cast<double>(twice.size());
        double mean = 0;
        for (std::size_t i = 0; i < twice.size(); ++i) mean += z[i] / count * fall[i];
        for (std::size_t i = 0; i < twice.size(); ++i) fall[i] = z[i] / count * (fall[i] - mean);
        s.adam.move(seen.stage, logit, twice, fall, rate, decay);
    }
    template <class F>
    void visit(state& s, F&& f) const {
        s.logit.visit("logit", f);
        s.before.visit("before", f);
        s.adam.visit(f);
    }

private:
    static constexpr double none = 1e3;
    static double log_loss(double loss) { return std::log(loss + 1e-8); }
};
static_assert(policy<famo>);

} // namespace mcfa::weighting
