// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/weighting/solve/gramian_block.hpp>

#include <limits>
#include <string>

namespace mcfa::weighting {

/// Impartial gradients, IMTL-G (Liu et al., ICLR 2021): the weighted sum has the same projection onto every g_k,
///
///     v = G^+ sqrt(diag G),   w = v / sum v
///
/// Eigenvalues of G up to K eps times the largest count as 0. The rule's own weights may be negative: without `raw` these become the least
/// positive weight. Where sum v is 0 all weigh the same.
struct imtl_g {
    static constexpr std::string_view name = "imtl_g";
    static constexpr bool wants_gramian = true;
    bool raw = false; ///< keeps negative weights

    /// The rule and its options in words, as a checkpoint records them.
    std::string text() const { return std::string(name) + (raw ? ", raw" : ""); }

    void weigh(observation const& seen, std::span<double> weights) const { weigh_by_gramian(*this, seen, weights, raw); }

    /// Of sum 1, or empty.
    column own(square_matrix const& gramian) const {
        Eigen::SelfAdjointEigenSolver<square_matrix> const parts(gramian);
        column const& values = parts.eigenvalues();
        double const least = static_cast<double>(gramian.rows()) * std::numeric_limits<double>::epsilon() * values.cwiseAbs().maxCoeff();
        column coordinates = parts.eigenvectors().transpose() * gramian.diagonal().cwiseMax(0.0).cwiseSqrt();
        for (Eigen::Index i = 0; i < values.size(); ++i) coordinates[i] = values[i] > least ? coordinates[i] / values[i] : 0;
        column const v = parts.eigenvectors() * coordinates;
        if (std::abs(v.sum()) < 1e-12) return {};
        return v / v.sum();
    }
};
static_assert(policy<imtl_g>);

} // namespace mcfa::weighting
