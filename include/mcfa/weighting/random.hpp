// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/weighting/mean_one.hpp>
#include <mcfa/weighting/step_numbers.hpp>

namespace mcfa::weighting {

/// Random loss weighting (Lin et al., TMLR 2022): u = K softmax(z), z standard normal and new in every step. The control that
/// a rule with a thought behind it has to beat.
struct random {
    static constexpr std::string_view name = "random";
    static constexpr bool watches_steps = false;

    struct state {
        step_numbers numbers;
    };

    state start(setting const& given) const { return {step_numbers(given)}; }
    /// The same numbers until `learn` ends the step.
    void weigh(state& s, observation const& seen, std::span<double> weights) const {
        random_stream draw = s.numbers.stream(seen.stage);
        for (double& w : weights) w = draw.normal();
        softmax_to_mean_one(weights, weights);
    }
    void learn(state& s, observation const& seen) const { s.numbers.advance(seen.stage); }
    template <class F>
    void visit(state& s, F&& f) const {
        s.numbers.visit(f);
    }
};
static_assert(policy<random>);

} // namespace mcfa::weighting
