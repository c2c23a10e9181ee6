// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/convolution/direct/correlation.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>

#include <algorithm>
#include <cstddef>

namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {

/// Items of work: bands of output rows, each for a range of output channels where there would be too few. What an item computes depends on
/// nothing but its place, so results do not depend on the partition.
struct band_cut {
    int rows;    ///< of the sums, even where they are pooled
    int bands;   ///< of a sample
    int columns; ///< output channels, whole panels
    int splits;

    /// A row of the grid has `line` values, a panel of weights `panel` columns. `near_values` fit the second-level cache together with a panel.
    static band_cut of(correlation const& c, bool pooled, std::size_t batch, int threads, int line, int panel, int near_values) {
        int const height = pooled ? c.out.height / 2 * 2 : c.out.height;
        if (pooled) line = std::max(line, c.out.width * c.out.channels);
        int wanted = std::clamp((near_values / line - c.kernel) / c.stride + 1, 1, std::max(height, 1));
        if (pooled) wanted = std::max(2, wanted / 2 * 2);
        int const bands = (height + wanted - 1) / wanted;
        int rows = bands > 0 ? (height + bands - 1) / bands : 0;
        if (pooled) rows = (rows + 1) / 2 * 2;
        int const panels = (c.out.channels + panel - 1) / panel;
        auto const items = static_cast<double>(batch) * bands;
        int const splits =
            items < 4.0 * threads && threads > 1 ? std::clamp(static_cast<int>(4 * threads / std::max(items, 1.0)), 1, panels) : 1;
        int const columns = (panels + splits - 1) / splits * panel;
        return {rows, bands, columns, (c.out.channels + columns - 1) / columns};
    }
};

/// The windows of a grid as rows of an operand, in reading order.
template <class V>
struct window_rows {
    V const* grid;
    int width; ///< windows side by side
    std::ptrdiff_t step, line;

    void find(int first, int count, V const** rows) const {
        int column = first % width;
        V const* begin = grid + first / width * line;
        for (int r = 0; r < count; ++r) {
            rows[r] = begin + column * step;
            if (++column == width) column = 0, begin += line;
        }
    }
};

} // namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS
