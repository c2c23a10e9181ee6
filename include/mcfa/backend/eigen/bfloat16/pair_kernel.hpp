// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/bfloat16/pairs.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {

/// The tile of sums that stays in registers: rows, by vectors of columns. Without the instruction a product needs registers for widened factors.
inline constexpr int pair_vectors = 2;
inline constexpr int pair_rows = vector_registers == 32 ? 10 : 4;
inline constexpr int pair_columns = pair_vectors * lanes<float>;

/// What the tiles of one panel of columns share:
///     c[r, j] = max(floor, bias[j] + sum over run, k of a_r[run * run_stride + k] * panel[run, k, j]),  k = 0 .. 2 * pairs - 1
struct pair_product {
    bfloat16 const* panel; ///< packed (runs, pairs, columns of the panel, 2), zero beyond the last column
    float const* bias;     ///< whole vectors, or null for zero
    float floor;           ///< 0 for a rectifier, minus infinity for none
    int columns;           ///< columns of c that exist
    int runs;
    int pairs;
    std::ptrdiff_t run_stride;
    std::uintptr_t ahead = 0;        ///< address to prefetch for the next panel while this tile is computed
    std::uintptr_t ahead_stride = 0; ///< bytes between prefetch addresses of consecutive pairs
};

/// One tile; as in `multiply_tile`, pack expansion keeps the sums in registers.
template <int Vectors, class Out, std::size_t... Row>
[[gnu::noinline]] void pair_tile(std::index_sequence<Row...>, bfloat16 const* const* rows, Out* const* c, pair_product const& p) {
    packet<float> sum[sizeof...(Row)][Vectors];
    packet<float> start[Vectors] = {};
    if (p.bias) {
        start[0] = load(p.bias);
        if constexpr (Vectors > 1) start[1] = load(p.bias + lanes<float>);
    }
    (std::memcpy(sum[Row], start, sizeof start), ...);
    bfloat16 const* a[] = {rows[Row]...};
    bfloat16 const* b = p.panel;
    std::uintptr_t ahead = p.ahead;
    for (int run = 0; run < p.runs; ++run) {
        for (int k = 0; k < p.pairs; ++k) {
            __builtin_prefetch(reinterpret_cast<void const*>(ahead), 0, 2);
            ahead += p.ahead_stride;
            pair_packet const first = load_pairs(b);
            pair_packet second{};
            if constexpr (Vectors > 1) second = load_pairs(b + 2 * lanes<float>);
            b += 2 * Vectors * lanes<float>;
            auto const add = [&](packet<float>(&row)[Vectors], bfloat16 const* from) __attribute__((always_inline)) {
                pair_packet const x = broadcast_pair(from);
                add_pairs(row[0], x, first);
                if constexpr (Vectors > 1) add_pairs(row[1], x, second);
            };
            (add(sum[Row], a[Row] + 2 * k), ...);
        }
        ((a[Row] += p.run_stride), ...);
    }
    auto const finish = [&](Out* to, packet<float>(&row)[Vectors]) __attribute__((always_inline)) {
        packet<float> const floor = broadcast(p.floor);
        constexpr int last = Vectors - 1;
        if constexpr (Vectors > 1) store_sums(to, row[0] < floor ? floor : row[0]);
        packet<float> const v = row[last] < floor ? floor : row[last]; // keeps NaN
        if (p.columns == Vectors * lanes<float>) store_sums(to + last * lanes<float>, v);
        else store_first_sums(to + last * lanes<float>, v, p.columns - last * lanes<float>);
    };
    (finish(c[Row], sum[Row]), ...);
}

/// Values of the packed operand of a product with `columns` columns and `height` rows, an even number.
inline std::size_t pair_panel_size(std::size_t height, int columns) { return height * whole_vectors<float>(columns); }

/// Rows of an operand that are a matrix's: `find` writes the addresses of rows first .. first + count - 1.
struct paired_rows {
    bfloat16 const* values;
    std::size_t stride;

    void find(int first, int count, bfloat16 const** rows) const {
        for (int r = 0; r < count; ++r) rows[r] = values + (first + r) * stride;
    }
};

/// Columns first .. last - 1, whole panels, of c (rows, `c_stride` values each) = max(floor, bias + rows times the packed operand). The last tile is
/// filled up with its last row: a tile takes the same time for fewer.
template <class Out, class Rows>
void multiply_pairs(int rows, Rows const& from, bfloat16 const* packed, float const* bias, float floor, int first, int last, int runs,
                    int pairs, std::ptrdiff_t run_stride, Out* result, std::ptrdiff_t c_stride) {
    std::ptrdiff_t const height = static_cast<std::ptrdiff_t>(runs) * pairs * 2;
    int const tiles = (rows + pair_rows - 1) / pair_rows;
    for (int column = first; column < last; column += pair_columns) {
        int const count = std::min(pair_columns, last - column);
        int const width = whole_vectors<float>(count);
        bfloat16 const* const panel = packed + height * column;
        pair_product p{panel, bias ? bias + column : nullptr, floor, count, runs, pairs, run_stride};
        p.ahead = reinterpret_cast<std::uintptr_t>(panel + height * width);
        p.ahead_stride = (2 * width * sizeof(bfloat16) + tiles - 1) / tiles;
        for (int tile = 0; tile < tiles; ++tile) {
            bfloat16 const* a[pair_rows];
            Out* c[pair_rows];
            int const top = tile * pair_rows, here = std::min(pair_rows, rows - top);
            from.find(top, here, a);
            for (int r = 0; r < here; ++r) c[r] = result + column + (top + r) * c_stride;
            for (int r = here; r < pair_rows; ++r) a[r] = a[here - 1], c[r] = c[here - 1];
            constexpr std::make_index_sequence<pair_rows> each{};
            if (width == pair_columns) pair_tile<pair_vectors>(each, a, c, p);
            else pair_tile<1>(each, a, c, p);
            p.ahead += static_cast<std::uintptr_t>(height / 2) * p.ahead_stride;
        }
    }
}

} // namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS
