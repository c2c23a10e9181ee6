// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/weighting/solve/fair_shares.hpp>
#include <mcfa/weighting/solve/gramian_block.hpp>

namespace mcfa::weighting {

/// Nash bargaining, Nash-MTL (Navon et al., ICML 2022): G w = 1 / w, component by component, so that the direction sum w g has the largest
/// product of first-order gains. Solved exactly; the paper's clipping of the norm has no place here, because weights have mean 1. An
/// attribute without a gradient weighs as much as the others on average.
struct nash {
    static constexpr std::string_view name = "nash";
    static constexpr bool wants_gramian = true;

    void weigh(observation const& seen, std::span<double> weights) const { weigh_by_gramian(*this, seen, weights); }
    column own(square_matrix const& gramian) const { return fair_shares(gramian, 1); }
};
static_assert(policy<nash>);

} // namespace mcfa::weighting
