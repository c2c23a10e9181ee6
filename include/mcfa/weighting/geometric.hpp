// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/weighting/labelled.hpp>

#include <cmath>

namespace mcfa::weighting {

/// Geometric loss strategy (Chennupati et al., CVPR workshops 2019): descends the geometric mean of the losses, so
///
///     d (prod L)^(1/K) / dL_k = (prod L)^(1/K) / (K L_k),   w_k proportional to 1 / L_k
///
/// and an attribute whose loss is half as large weighs twice as much. A loss below `least` counts as that.
struct geometric {
    static constexpr std::string_view name = "geometric";
    static constexpr double least = 1e-12;

    void weigh(observation const& seen, std::span<double> weights) const {
        auto const labelled = labelled_in(seen.losses);
        std::vector<double> logits;
        for (std::size_t const k : labelled) logits.push_back(-std::log(std::max(seen.losses[k], least)));
        place_softmax(labelled, logits, weights);
    }
};
static_assert(policy<geometric>);

} // namespace mcfa::weighting
