// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/convolution/direct/band_cut.hpp>
#include <mcfa/backend/eigen/convolution/micro/simd.hpp>
#include <mcfa/backend/eigen/tiles/configuration.hpp>
#include <mcfa/backend/eigen/tiles/cut.hpp>
#include <mcfa/backend/eigen/tiles/engine.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {

/// Four tiles of sums, two of rows by two of columns, share the loads of two and two tiles of factors.
inline tile_configuration configuration_of(tile_cut const& cut) {
    tile_configuration all;
    constexpr int columns = tile_lane * lanes<float>;
    for (int tile = 0; tile < 8; ++tile) {
        all.rows[tile] = static_cast<std::uint8_t>(tile < 6 ? cut.rows : cut.groups);
        all.row_bytes[tile] = static_cast<std::uint16_t>(tile == 4 || tile == 5 ? tile_lane * cut.groups : columns);
    }
    return all;
}

/// sums[r, j] = starts[j] + sum over run, k of a_r[run * run_stride + k] * packed[run, k, j],  k = 0 .. values - 1
template <class Value, class Weight, class Sum>
struct tiled_product {
    window_rows<Value> from;
    int lines;            ///< of from.width rows each
    Weight const* packed; ///< each panel of columns (runs, groups of values, columns, values of a group), zero beyond the last column
    Sum const* starts;    ///< whole vectors, or null for zero
    int first, last;      ///< columns, from a panel's first on
    int runs;
    int values; ///< of a run
    std::ptrdiff_t run_stride;

    static constexpr int group = tile_lane / static_cast<int>(sizeof(Value));
    int groups() const { return (values + group - 1) / group; }
    tile_cut cut() const { return tile_cut::of(lines, from.width, runs, groups(), values % group == 0); }
};

/// Where one block of sums finds its factors.
struct tile_walk {
    std::byte const* rows[2]; ///< the first of each tile
    std::ptrdiff_t row_stride, run_stride;
    std::byte const* panel;
    std::ptrdiff_t panel_stride; ///< between groups
    int runs;
    int steps; ///< of a run
};

/// One block of sums.
template <class Products, int Rows, int Columns, tile_engine Tiles, class Sum>
[[gnu::noinline]] void sum_in_tiles(Tiles& tiles, tile_cut const& cut, tile_walk const& walk, Sum const* starts, Sum* sums) {
    constexpr int side = lanes<Sum>;
    constexpr std::ptrdiff_t sums_stride = 2 * side * tile_lane;
    if (starts) {
        tiles.template load<0>(starts, 0);
        if constexpr (Columns > 1) tiles.template load<1>(starts + side, 0);
        if constexpr (Rows > 1) tiles.template load<2>(starts, 0);
        if constexpr (Rows > 1 && Columns > 1) tiles.template load<3>(starts + side, 0);
    } else {
        tiles.template zero<0>();
        if constexpr (Columns > 1) tiles.template zero<1>();
        if constexpr (Rows > 1) tiles.template zero<2>();
        if constexpr (Rows > 1 && Columns > 1) tiles.template zero<3>();
    }
    // Local copies: a load of a tile tells the compiler of no place in memory, so all else would be read anew after each.
    std::byte const *const upper = walk.rows[0], *const lower = walk.rows[1], *const panel = walk.panel;
    std::ptrdiff_t const row_stride = walk.row_stride, panel_stride = walk.panel_stride, run_stride = walk.run_stride;
    std::ptrdiff_t const step_bytes = cut.groups * tile_lane, panel_step = cut.groups * panel_stride;
    std::ptrdiff_t const last_step = (cut.depth - cut.groups) * panel_stride; // begins early enough to be whole
    int const runs = walk.runs, steps = walk.steps;
    std::ptrdiff_t below = 0;
    for (int run = 0; run < runs; ++run) {
        std::ptrdiff_t at = run * run_stride;
        for (int k = 0; k < steps; ++k, at += step_bytes, below = std::min(below + panel_step, last_step)) {
            std::byte const* const b = panel + below;
            tiles.template load<4>(upper + at, row_stride);
            tiles.template load<6>(b, panel_stride);
            Products::template add<0, 4, 6>(tiles);
            if constexpr (Columns > 1) {
                tiles.template load<7>(b + side * tile_lane, panel_stride);
                Products::template add<1, 4, 7>(tiles);
            }
            if constexpr (Rows > 1) {
                tiles.template load<5>(lower + at, row_stride);
                Products::template add<2, 5, 6>(tiles);
                if constexpr (Columns > 1) Products::template add<3, 5, 7>(tiles);
            }
        }
    }
    Sum* const lower_sums = sums + cut.rows * 2 * side;
    tiles.template store<0>(sums, sums_stride);
    if constexpr (Columns > 1) tiles.template store<1>(sums + side, sums_stride);
    if constexpr (Rows > 1) tiles.template store<2>(lower_sums, sums_stride);
    if constexpr (Rows > 1 && Columns > 1) tiles.template store<3>(lower_sums + side, sums_stride);
}

/// A block of `height` tiles of rows by `vectors` tiles of columns.
template <class Products, tile_engine Tiles, class Sum>
void sum_block(Tiles& tiles, tile_cut const& cut, tile_walk const& walk, int height, int vectors, Sum const* starts, Sum* sums) {
    if (height > 1 && vectors > 1) sum_in_tiles<Products, 2, 2>(tiles, cut, walk, starts, sums);
    else if (height > 1) sum_in_tiles<Products, 2, 1>(tiles, cut, walk, starts, sums);
    else if (vectors > 1) sum_in_tiles<Products, 1, 2>(tiles, cut, walk, starts, sums);
    else sum_in_tiles<Products, 1, 1>(tiles, cut, walk, starts, sums);
}

/// Copies one tile of rows, runs one after another. The last step takes a whole tile: groups that the one before has had are zeros there.
template <class Value, class Weight, class Sum>
void gather_rows(tiled_product<Value, Weight, Sum> const& p, tile_cut const& cut, int first, std::byte* to) {
    Value const* rows[tile_side];
    p.from.find(first, cut.rows, rows);
    std::size_t const given = p.values * sizeof(Value), run_bytes = static_cast<std::size_t>(p.groups()) * tile_lane;
    std::size_t const row_bytes = cut.row_bytes(), before = static_cast<std::size_t>(cut.steps() - 1) * cut.groups * tile_lane;
    std::size_t const all = run_bytes * p.runs, again = row_bytes - all;
    for (int r = 0; r < cut.rows; ++r, to += row_bytes) {
        for (int run = 0; run < p.runs; ++run) {
            std::memcpy(to + run * run_bytes, rows[r] + run * p.run_stride, given);
            std::memset(to + run * run_bytes + given, 0, run_bytes - given);
        }
        std::memmove(to + before + again, to + before, all - before);
        std::memset(to + before, 0, again);
    }
}

/// put(row, column, count, sums) for every row and every vector of columns that exist. Rows that two tiles share are put twice, the same.
/// `scratch`: `cut().scratch_bytes()` bytes. `Products` says how wide panels are and which instruction multiplies.
template <class Products, tile_engine Tiles, class Value, class Weight, class Sum, class Put>
void multiply_in_tiles(tiled_product<Value, Weight, Sum> const& p, std::byte* scratch, Put const& put) {
    constexpr int side = lanes<Sum>;
    tile_cut const cut = p.cut();
    int const count = cut.tiles(), together = cut.gathered ? 2 : count;
    Tiles tiles(configuration_of(cut));
    alignas(64) Sum sums[2 * tile_side * 2 * side];
    for (int top = 0; top < count; top += together) {
        int const end = std::min(count, top + together);
        std::size_t const tile_bytes = cut.rows * cut.row_bytes();
        if (cut.gathered)
            for (int t = top; t < end; ++t) gather_rows(p, cut, cut.first_row(t), scratch + (t - top) * tile_bytes);
        auto const rows_of = [&](int tile) {
            if (cut.gathered) return static_cast<std::byte const*>(scratch + (tile - top) * tile_bytes);
            Value const* row;
            p.from.find(cut.first_row(tile), 1, &row);
            return reinterpret_cast<std::byte const*>(row);
        };
        for (int column = p.first; column < p.last;) {
            int const width = Products::panel_width(p.last - column);
            auto const* const panel =
                reinterpret_cast<std::byte const*>(p.packed) + static_cast<std::size_t>(cut.depth) * tile_lane * column;
            for (int t = top; t < end; t += 2) {
                int const height = std::min(2, end - t);
                for (int inner = 0; inner < width; inner += 2 * side) {
                    int const vectors = std::min(2, (width - inner) / side);
                    tile_walk const walk{{rows_of(t), rows_of(t + height - 1)},
                                         static_cast<std::ptrdiff_t>(cut.gathered ? cut.row_bytes() : p.from.step * sizeof(Value)),
                                         static_cast<std::ptrdiff_t>(p.run_stride * sizeof(Value)),
                                         panel + inner * tile_lane,
                                         width * tile_lane,
                                         cut.gathered ? 1 : p.runs,
                                         cut.gathered ? cut.steps() : cut.steps() / p.runs};
                    sum_block<Products>(tiles, cut, walk, height, vectors, p.starts ? p.starts + column + inner : nullptr, sums);
                    for (int r = 0; r < height * cut.rows; ++r)
                        for (int v = 0; v < vectors; ++v) {
                            int const at = column + inner + v * side;
                            put(cut.first_row(t + r / cut.rows) + r % cut.rows, at, std::min(side, p.last - at),
                                static_cast<Sum const*>(sums + (r * 2 + v) * side));
                        }
                }
            }
            column += width;
        }
    }
}

} // namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS
