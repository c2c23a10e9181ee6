// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

namespace mcfa {

/// What batch normalisation takes mean and variance over when ranks train together.
enum class batch_norm_over {
    block, ///< the windows of a block: nothing is sent for it
    batch  ///< the windows of the whole batch, on all ranks: two short sums a layer and step, which all ranks wait for
};

/// How the ranks of a training share their work (docs/distributed.md); nothing of it matters without a communicator.
struct ranks_options {
    /// Gradients that are sent together, at least, as soon as the backward pass has them; at least 1.
    std::size_t bucket = std::size_t{1} << 18;
    /// `batch` on backends that compute `batch_normalisation_sums`, which are `eigen` and `reference`.
    batch_norm_over batch_norm = batch_norm_over::block;
    /// Each rank keeps the optimiser's moments of its own share of the parameters, and moves these alone. No bit changes. The optimiser must be
    /// `elementwise`.
    bool share_moments = false;
    /// Gradients travel as bfloat16, and what rounding takes from them is added to those of the next step. Another number of ranks gives other
    /// bits; a training that is resumed has lost the last step's remainder.
    bool bfloat16_gradients = false;
};

} // namespace mcfa
