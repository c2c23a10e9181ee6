// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/random.hpp>
#include <mcfa/weighting/mean_one.hpp>
#include <mcfa/weighting/per_stage.hpp>

namespace mcfa::weighting {

/// Random loss weighting (Lin et al., TMLR 2022): u = K softmax(z), z standard normal and new in every step. The control that
/// a rule with a thought behind it has to beat.
struct random {
    static constexpr std::string_view name = "random";
    static constexpr bool watches_steps = false;

    struct state {
        std::vector<double> key; ///< the high and the low 32 bits, so that a double holds each exactly
        per_stage step;          ///< steps taken, one value a stage
    };

    state start(setting const& given) const {
        return {{static_cast<double>(given.key >> 32), static_cast<double>(given.key & 0xffffffffu)},
                per_stage(given, [](auto const&) { return 1; }, 0)};
    }
    /// The same numbers until `learn` ends the step.
    void weigh(state& s, observation const& seen, std::span<double> weights) const {
        auto const key = static_cast<std::uint64_t>(s.key[0]) << 32 | static_cast<std::uint64_t>(s.key[1]);
        auto const step = static_cast<std::uint64_t>(s.step.at(seen.stage, 1)[0]);
        random_stream draw{split_key(split_key(key, static_cast<std::uint64_t>(seen.stage)), step)};
        for (double& w : weights) w = draw.normal();
        softmax_to_mean_one(weights, weights);
    }
    void learn(state& s, observation const& seen) const { s.step.at(seen.stage, 1)[0] += 1; }
    template <class F>
    void visit(state& s, F&& f) const {
        f(std::string_view{"key"}, s.key);
        s.step.visit("step", f);
    }
};
static_assert(policy<random>);

} // namespace mcfa::weighting
