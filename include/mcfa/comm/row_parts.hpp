// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/comm/division.hpp>

#include <algorithm>
#include <cstddef>

namespace mcfa::comm {

/// A row of values divided among ranks: each has a run of whole units of it, the last unit may be shorter.
struct row_parts {
    std::size_t length = 0;
    int ranks = 1;
    std::size_t unit = 1; ///< values

    /// The first value of a rank; that of rank `ranks` is behind the last.
    constexpr std::size_t first(int rank) const { return std::min(length, units().first(rank) * unit); }
    constexpr std::size_t last(int rank) const { return first(rank + 1); } ///< behind its last
    constexpr std::size_t count(int rank) const { return last(rank) - first(rank); }

private:
    constexpr division units() const { return {(length + unit - 1) / unit, ranks}; }
};

} // namespace mcfa::comm
