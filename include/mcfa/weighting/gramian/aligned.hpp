// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/weighting/solve/gramian_block.hpp>

#include <limits>
#include <string>

namespace mcfa::weighting {

/// Aligned-MTL (Senushkin et al., CVPR 2023): the gradients' principal components, all scaled to the smallest,
///
///     G = V diag(l) V',   w = sqrt(l_min) V diag(l)^(-1/2) V' u,   u equal weights
///
/// over the components with l > K eps max l, eps that of float, below which a Gramian of float gradients has noise alone. The rule's own
/// weights may be negative: without `raw` these become the least positive weight.
struct aligned {
    static constexpr std::string_view name = "aligned";
    static constexpr bool wants_gramian = true;
    bool raw = false; ///< keeps negative weights

    /// The rule and its options in words, as a checkpoint records them.
    std::string text() const { return std::string(name) + (raw ? ", raw" : ""); }

    void weigh(observation const& seen, std::span<double> weights) const { weigh_by_gramian(*this, seen, weights, raw); }

    column own(square_matrix const& gramian) const {
        Eigen::SelfAdjointEigenSolver<square_matrix> const parts(gramian);
        column const& values = parts.eigenvalues(); // ascending
        double const least =
            static_cast<double>(gramian.rows()) * static_cast<double>(std::numeric_limits<float>::epsilon()) * values[values.size() - 1];
        double smallest = 0;
        column coordinates = parts.eigenvectors().transpose() * equal_weights(gramian.rows());
        for (Eigen::Index i = 0; i < values.size(); ++i) {
            if (values[i] > least && smallest == 0) smallest = values[i];
            coordinates[i] = values[i] > least ? coordinates[i] * std::sqrt(smallest / values[i]) : 0;
        }
        return parts.eigenvectors() * coordinates;
    }
};
static_assert(policy<aligned>);

} // namespace mcfa::weighting
