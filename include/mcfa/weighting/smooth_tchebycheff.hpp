// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/weighting/labelled.hpp>
#include <mcfa/weighting/per_stage.hpp>

#include <cmath>

namespace mcfa::weighting {

/// Smooth Tchebycheff scalarization (Lin et al., ICML 2024), for losses relative to what they were after a warm-up: descends
///
///     mu log sum_k exp(log(L_k / n_k) / mu),   w_k proportional to softmax_k(log(L / n) / mu) / L_k
///
/// n_k the mean training loss of the warm-up's last epoch. During the warm-up sum_k log L_k, so w_k is proportional to 1 / L_k. At
/// mu = 1 the weights are 1 / n_k; below, they lean to the attribute that has improved least. Losses have 1e-20 added. Until an attribute's n_k
/// was observed it weighs 1, as does one without a label in the batch (NaN).
struct smooth_tchebycheff {
    static constexpr std::string_view name = "smooth_tchebycheff";
    double smoothness = 1; ///< mu, positive: small is the worst attribute alone
    int warm_up = 4;       ///< epochs, at least 1

    /// The rule and its options in words, as a checkpoint records them.
    std::string text() const { return join({name, ", smoothness ", smoothness, ", warm-up ", warm_up}); }

    struct state {
        per_stage epochs;     ///< finished, one value a stage
        per_stage log_before; ///< log n; 1e3, more than any, where it is not known
    };

    /// Throws option_error where an option is out of range.
    state start(setting const& given) const {
        if (!(smoothness > 0)) throw option_error({"smooth_tchebycheff.smoothness: ", smoothness, ", must be positive"});
        if (warm_up < 1) throw option_error({"smooth_tchebycheff.warm_up: ", warm_up, ", must be at least 1"});
        return {per_stage(given, [](auto const&) { return 1; }, 0), per_stage(given, attributes_of, none)};
    }
    void weigh(state& s, observation const& seen, std::span<double> weights) const {
        bool const warm = s.epochs.at(seen.stage, 1)[0] >= warm_up;
        auto const log_before = s.log_before.at(seen.stage, weights.size());
        std::vector<std::size_t> labelled;
        std::vector<double> logits;
        for (std::size_t const k : labelled_in(seen.losses)) {
            if (warm && log_before[k] == none) continue;
            double const now = log_loss(seen.losses[k]);
            labelled.push_back(k);
            logits.push_back((warm ? (now - log_before[k]) / smoothness : 0) - now);
        }
        place_softmax(labelled, logits, weights);
    }
    void trained(state& s, int stage, std::span<double const> losses) const {
        double& epochs = s.epochs.at(stage, 1)[0];
        epochs += 1;
        auto const log_before = s.log_before.at(stage, losses.size());
        for (std::size_t k = 0; epochs >= warm_up && k < losses.size(); ++k)
            if (log_before[k] == none && observed(losses[k])) log_before[k] = log_loss(losses[k]);
    }
    template <class F>
    void visit(state& s, F&& f) const {
        s.epochs.visit("epochs", f);
        s.log_before.visit("log_before", f);
    }

private:
    static constexpr double none = 1e3;
    static double log_loss(double loss) { return std::log(loss + 1e-20); }
};
static_assert(policy<smooth_tchebycheff>);

} // namespace mcfa::weighting
