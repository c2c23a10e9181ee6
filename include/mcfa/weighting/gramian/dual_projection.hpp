// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/weighting/solve/bounded_below.hpp>
#include <mcfa/weighting/solve/gramian_block.hpp>

namespace mcfa::weighting {

/// The mean gradient, projected onto the directions that harm no attribute to first order (Lopez-Paz and Ranzato, NeurIPS 2017, equation 11):
///
///     w = argmin v' H v over v >= u, u equal weights,   H = G / tr G + 1e-4 I
///
/// the cheap relative of `upgrad`, which projects each gradient by itself.
struct dual_projection {
    static constexpr std::string_view name = "dual_projection";
    static constexpr bool wants_gramian = true;

    void weigh(observation const& seen, std::span<double> weights) const { weigh_by_gramian(*this, seen, weights); }
    column own(square_matrix const& gramian) const { return least_above(regularised(gramian), equal_weights(gramian.rows())); }
};
static_assert(policy<dual_projection>);

} // namespace mcfa::weighting
