// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/train/step/step_state.hpp>

#include <cmath>
#include <cstddef>

namespace mcfa {

/// Runs a training step and reads its losses and its gradient's norm before it moves a parameter.
template <class T, class B, optimiser Optimiser, weighting::policy Policy>
class immediate_driver {
public:
    using state = step_state<T, B, Optimiser, Policy>;
    using policy_traits = weighting::policy_traits<Policy>;

    explicit immediate_driver(state&) {}

    /// Throws `divergence_error`, before any parameter has moved, if a loss or the gradient is not finite.
    void run(state& s, batch const& b, double rate_factor) {
        s.load(b);
        std::uint64_t const key = s.step_key();
        std::size_t const stages = s.model.net().stages.size();
        forward_training(s.model, s.memory, b.size, key, s.rates);
        for (std::size_t j = 0; j < stages; ++j) s.loss.evaluate(s.memory, j);
        for (std::size_t j = 0; j < stages; ++j) {
            if (!s.loss.weighted().empty()) {
                auto const seen = s.loss.observe(s.policy, s.model, s.memory, j);
                if constexpr (policy_traits::may_want_gradients)
                    if (!seen.gramian.empty()) s.totals.conflicts[j].add(seen.gramian);
                policy_traits::weigh(s.policy, s.remembered, seen, s.weights[j]);
                policy_traits::learn(s.policy, s.remembered, seen);
            }
            s.loss.weigh(s.memory, j, s.weights[j]);
        }
        backward(s.model, s.memory, b.size, s.gradients.data(), key, s.rates);
        update(s, rate_factor);
        s.memory.run.finish(); // from here on others may read the parameters
        add_to_totals(s);
    }

    void read(state&) {}
    void clear_totals(state&) {}
    void share_policy_state(state&) {}

private:
    void update(state& s, double rate_factor) {
        s.gradient_norm = std::sqrt(squares_of(s.memory.run, row<T const>{s.gradients.data(), s.model.net().learned}));
        if (!std::isfinite(s.gradient_norm))
            throw divergence_error({"the gradient is not finite, first in tensor ", s.first_bad_gradient()});
        bool const clipped = s.clip > 0 && s.gradient_norm > s.clip;
        s.move_parameters(rate_factor, clipped ? s.clip / s.gradient_norm : 1);
    }

    static void add_to_totals(state& s) {
        for (std::size_t k = 0; k < s.totals.labelled.size(); ++k) {
            double const count = s.loss.labelled()[k];
            s.totals.labelled[k] += count;
            for (std::size_t j = 0; count > 0 && j < s.totals.losses.size(); ++j) s.totals.losses[j][k] += count * s.loss.means(j)[k];
        }
        for (std::size_t j = 0; j < s.weights.size(); ++j)
            for (std::size_t i = 0; i < s.weights[j].size(); ++i) s.totals.weights[j][i] += s.weights[j][i];
    }
};

} // namespace mcfa
