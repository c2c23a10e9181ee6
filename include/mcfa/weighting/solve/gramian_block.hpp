// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/weighting/labelled.hpp>
#include <mcfa/weighting/policy.hpp>
#include <mcfa/weighting/solve/matrices.hpp>

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace mcfa::weighting {

/// What a rule on the Gramian looks at: the block of the attributes that have a label in the batch, divided by its trace, so that no rule
/// depends on the size of gradients.
struct gramian_block {
    std::vector<std::size_t> labelled;
    square_matrix gramian; ///< empty where there is nothing to weigh: no label, no gradient, or one that is not finite

    /// Throws shape_error where the policy was not given the Gramian.
    gramian_block(std::string_view rule, observation const& seen) : labelled(labelled_in(seen.losses)) {
        std::size_t const attributes = seen.losses.size();
        if (seen.gramian.empty() || seen.gramian.extent(0) != attributes || seen.gramian.extent(1) != attributes)
            throw shape_error({rule, ": a Gramian of ", seen.gramian.extent(0), " for ", attributes, " attributes"});
        auto const count = static_cast<Eigen::Index>(labelled.size());
        square_matrix block(count, count);
        for (Eigen::Index i = 0; i < count; ++i)
            for (Eigen::Index j = 0; j < count; ++j) block(i, j) = seen.gramian(attribute(i), attribute(j));
        double const trace = block.trace();
        if (!(trace > 0) || !block.allFinite()) return;
        gramian = block / trace;
    }

    /// The attribute of a line of the block.
    std::size_t attribute(Eigen::Index line) const { return labelled[line]; }

    /// The rule's own weights of the labelled attributes, of any sign and size, as those of a policy: what is not positive becomes the least
    /// positive weight, and their mean 1. With `raw` they stay as they are, but for a factor of their number, so that equal weights of 1 / n
    /// become 1. The weights of attributes without a label are 1; all are where the rule has none that are finite.
    void place_weights(column own, std::span<double> weights, bool raw = false) const {
        std::fill(weights.begin(), weights.end(), 1.0);
        if (own.size() == 0 || !own.allFinite()) return;
        if (raw) own *= static_cast<double>(own.size());
        else own = own.cwiseMax(0.0);
        std::span<double> const values{own.data(), labelled.size()};
        if (!raw) scale_to_mean_one(values);
        place(labelled, values, weights);
    }
};

/// The weights of a rule that is a function of the Gramian alone: own(G) gives its own, one an attribute.
template <class Rule>
void weigh_by_gramian(Rule const& rule, observation const& seen, std::span<double> weights, bool raw = false) {
    gramian_block const block(rule.name, seen);
    block.place_weights(block.gramian.size() > 0 ? column(rule.own(block.gramian)) : column(), weights, raw);
}

} // namespace mcfa::weighting
