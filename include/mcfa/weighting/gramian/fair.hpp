// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/weighting/solve/fair_shares.hpp>
#include <mcfa/weighting/solve/gramian_block.hpp>

#include <string>

namespace mcfa::weighting {

/// Alpha-fair gains, FairGrad (Ban and Ji, ICML 2024): G w = w^(-1/alpha), component by component. 0 is equal weights, 1 is `nash`, a large
/// alpha serves the worst-off attribute alone. An attribute without a gradient weighs as much as the others on average.
struct fair {
    static constexpr std::string_view name = "fair";
    static constexpr bool wants_gramian = true;
    double alpha = 2; ///< not negative

    /// The rule and its options in words, as a checkpoint records them.
    std::string text() const { return join({name, ", alpha ", alpha}); }

    /// Throws option_error where alpha is out of range.
    no_state start(setting const&) const {
        if (!(alpha >= 0 && std::isfinite(alpha))) throw option_error({"fair.alpha: ", alpha, ", must not be negative"});
        return {};
    }
    void weigh(observation const& seen, std::span<double> weights) const { weigh_by_gramian(*this, seen, weights); }
    column own(square_matrix const& gramian) const { return alpha == 0 ? equal_weights(gramian.rows()) : fair_shares(gramian, alpha); }
};
static_assert(policy<fair>);

} // namespace mcfa::weighting
