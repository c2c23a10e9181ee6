// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/tiles/configuration.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>

#include <algorithm>
#include <cstddef>

namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {

/// How rows, and the groups of values that are summed for each, are cut into tiles. No tile is partly filled: the last of several begins early
/// enough to be whole, and shares rows with the one before it.
///
/// A tile takes rows that lie evenly in memory. Where they do not, or where a run of groups is no whole number of tiles, rows are gathered:
/// copied one after another, with all their runs.
struct tile_cut {
    int rows;   ///< of a tile
    int groups; ///< of a tile
    bool gathered;
    int line; ///< rows that lie evenly, one line of them; gathered, all rows
    int lines;
    int depth; ///< groups of a row

    /// `lines` times `width` rows of `runs` runs of `groups` groups; `whole`: every group's values exist in memory.
    static tile_cut of(int lines, int width, int runs, int groups, bool whole) {
        int const even = whole_tiles_of(groups), depth = runs * groups;
        if (even > 0 && whole && (lines == 1 || balanced(width) >= tile_side / 2))
            return {balanced(width), even, false, width, lines, depth};
        return {balanced(lines * width), balanced(depth), true, lines * width, 1, depth};
    }

    int tiles_of_line() const { return (line + rows - 1) / rows; }
    int tiles() const { return lines * tiles_of_line(); }
    int first_row(int tile) const { return tile / tiles_of_line() * line + std::min(tile % tiles_of_line() * rows, line - rows); }
    /// Tiles along the sum.
    int steps() const { return (depth + groups - 1) / groups; }
    /// Bytes of a gathered row, and of the most rows that are gathered at a time.
    std::size_t row_bytes() const { return static_cast<std::size_t>(steps()) * groups * tile_lane; }
    std::size_t scratch_bytes() const { return gathered ? 2 * tile_side * row_bytes() : 0; }

private:
    /// The least that cuts n into as few parts as tiles of 16 do.
    static constexpr int balanced(int n) {
        int const parts = (n + tile_side - 1) / tile_side;
        return (n + parts - 1) / parts;
    }
    /// Groups of equal tiles that make up a run, at least three quarters of what a tile may have if there are several; else 0.
    static constexpr int whole_tiles_of(int groups) {
        for (int each = std::min(groups, tile_side); each >= std::min(groups, tile_side * 3 / 4); --each)
            if (groups % each == 0) return each;
        return 0;
    }
};

} // namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS
