// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

namespace mcfa::comm {

/// Blocks in order, divided among ranks: each has a run of them, as long as the others' to about one block, in the order of the ranks.
struct division {
    std::size_t blocks = 0;
    int ranks = 1;

    /// The first block of a rank; that of rank `ranks` is behind the last.
    constexpr std::size_t first(int rank) const { return blocks * rank / ranks; }
    constexpr std::size_t last(int rank) const { return first(rank + 1); } ///< behind its last
    constexpr std::size_t count(int rank) const { return last(rank) - first(rank); }
};

} // namespace mcfa::comm
