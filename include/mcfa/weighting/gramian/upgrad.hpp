// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/weighting/solve/bounded_below.hpp>
#include <mcfa/weighting/solve/gramian_block.hpp>

namespace mcfa::weighting {

/// Unconflicting projection of gradients, UPGrad (Quinton and Rey, 2024): each u_k g_k, u equal weights, is projected onto the directions that
/// harm no attribute to first order, and the projections are summed,
///
///     v_k = argmin v' H v over v >= u_k e_k,   w = sum_k v_k,   H = G / tr G + 1e-4 I
struct upgrad {
    static constexpr std::string_view name = "upgrad";
    static constexpr bool wants_gramian = true;

    void weigh(observation const& seen, std::span<double> weights) const { weigh_by_gramian(*this, seen, weights); }

    column own(square_matrix const& gramian) const {
        square_matrix const h = regularised(gramian);
        column const equal = equal_weights(gramian.rows());
        column sum = column::Zero(gramian.rows());
        for (Eigen::Index k = 0; k < gramian.rows(); ++k) {
            column bound = column::Zero(gramian.rows());
            bound[k] = equal[k];
            sum += least_above(h, bound);
        }
        return sum;
    }
};
static_assert(policy<upgrad>);

} // namespace mcfa::weighting
