// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/weighting/policy.hpp>

#include <algorithm>

namespace mcfa::weighting {

/// Every attribute weighs 1.
struct uniform {
    static constexpr std::string_view name = "uniform";
    static constexpr bool watches_steps = false;
    struct state {};

    state start(setting const&) const { return {}; }
    void weigh(state&, observation const&, std::span<double> weights) const { std::fill(weights.begin(), weights.end(), 1.0); }
    void learn(state&, observation const&) const {}
    void trained(state&, int, std::span<double const>) const {}
    void validated(state&, int, std::span<double const>) const {}
    template <class F>
    void visit(state&, F&&) const {}
};
static_assert(policy<uniform>);

} // namespace mcfa::weighting
