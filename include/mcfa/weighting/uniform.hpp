// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/weighting/policy.hpp>

#include <algorithm>

namespace mcfa::weighting {

/// Every attribute weighs 1.
struct uniform {
    static constexpr std::string_view name = "uniform";
    static constexpr bool watches_steps = false;

    void weigh(observation const&, std::span<double> weights) const { std::fill(weights.begin(), weights.end(), 1.0); }
};
static_assert(policy<uniform>);

} // namespace mcfa::weighting
