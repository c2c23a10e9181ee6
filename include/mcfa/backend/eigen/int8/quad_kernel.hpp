// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/int8/quad_end.hpp>
#include <mcfa/backend/eigen/int8/quads.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {

/// The tile of sums that stays in registers: rows, by vectors of columns. Few columns leave room for more rows. Factors of 16 bits take two registers.
inline constexpr int quad_vectors = vector_registers == 32 ? 4 : 2;
inline constexpr int quad_columns = quad_vectors * lanes<float>;
constexpr int quad_rows(int vectors) {
    if (quads_by == quad_engine::words || quads_by == quad_engine::lanes) return vector_registers == 32 ? (vectors == 4 ? 4 : 8) : 4;
    if (vector_registers == 32) return vectors == 4 ? 6 : vectors == 2 ? 10 : 12;
    return 6;
}
/// Vectors of the panel that begins `left` vectors before the last: four, two or one.
constexpr int panel_vectors(int left) { return left >= quad_vectors ? quad_vectors : left >= 2 ? 2 : 1; }

/// What the tiles of one panel of columns share:
///     sum[r, j] = starts[j] + sum over run, k of a_r[run * run_stride + k] * panel[run, k, j],  k = 0 .. 4 * quads - 1
struct quad_product {
    int8 const* panel; ///< packed (runs, quads, columns of the panel, 4), zero beyond the last column
    int column;        ///< first of the panel
    int columns;       ///< of the panel that exist
    int runs;
    int quads;
    std::ptrdiff_t run_stride;
    std::uintptr_t ahead = 0;        ///< address to prefetch for the next panel while this tile is computed
    std::uintptr_t ahead_stride = 0; ///< bytes between prefetch addresses of consecutive quads
};

/// One tile; as in `multiply_tile`, pack expansion keeps the sums in registers.
template <class End, std::size_t... Row, std::size_t... Vector>
[[gnu::noinline]] void quad_tile(std::index_sequence<Row...>, std::index_sequence<Vector...>, std::uint8_t const* const* rows,
                                 typename End::value_type* const* c, quad_product const& p, End const& end) {
    constexpr int vectors = sizeof...(Vector);
    quad_packet sum[sizeof...(Row)][vectors];
    quad_packet const start[vectors] = {load(end.starts + p.column + static_cast<int>(Vector) * lanes<float>)...};
    (std::memcpy(sum[Row], start, sizeof start), ...);
    std::uint8_t const* a[] = {rows[Row]...};
    int8 const* b = p.panel;
    std::uintptr_t ahead = p.ahead;
    for (int run = 0; run < p.runs; ++run) {
        for (int k = 0; k < p.quads; ++k) {
            __builtin_prefetch(reinterpret_cast<void const*>(ahead), 0, 2);
            ahead += p.ahead_stride;
            weight_quads const w[vectors] = {weight_quads_of(load_quads(b + static_cast<int>(Vector) * 4 * lanes<float>))...};
            b += 4 * vectors * lanes<float>;
            auto const add = [&](quad_packet(&row)[vectors], std::uint8_t const* from) __attribute__((always_inline)) {
                byte_quads const x = byte_quads_of(broadcast_quad(from));
                (add_quads(row[Vector], x, w[Vector]), ...);
            };
            (add(sum[Row], a[Row] + 4 * k), ...);
        }
        ((a[Row] += p.run_stride), ...);
    }
    auto const finish = [&](typename End::value_type* to, quad_packet(&row)[vectors]) __attribute__((always_inline)) {
        auto const put = [&](int v, quad_packet const& each) __attribute__((always_inline)) {
            int const column = v * lanes<float>, left = p.columns - column;
            if (v + 1 < vectors || left >= lanes<float>) end.store(to + column, each, p.column + column);
            else end.store_first(to + column, each, p.column + column, left);
        };
        (put(Vector, row[Vector]), ...);
    };
    (finish(c[Row], sum[Row]), ...);
}

/// Values of the packed operand of a product with `columns` columns and `quads` fours.
inline std::size_t quad_panel_size(std::size_t quads, int columns) { return quads * 4 * whole_vectors<float>(columns); }

/// Tiles of one panel over all rows. The last tile is filled up with its last row: a tile takes the same time for fewer.
template <int Vectors, class End, class Rows>
void multiply_panel(int rows, Rows const& from, quad_product p, End const& end, typename End::value_type* result, std::ptrdiff_t c_stride) {
    constexpr int height = quad_rows(Vectors);
    int const tiles = (rows + height - 1) / height;
    std::size_t const depth = static_cast<std::size_t>(p.runs) * p.quads;
    p.ahead = reinterpret_cast<std::uintptr_t>(p.panel + depth * 4 * Vectors * lanes<float>);
    p.ahead_stride = (4 * Vectors * lanes<float> + tiles - 1) / tiles;
    for (int tile = 0; tile < tiles; ++tile) {
        std::uint8_t const* a[height];
        typename End::value_type* c[height];
        int const top = tile * height, here = std::min(height, rows - top);
        from.find(top, here, a);
        for (int r = 0; r < here; ++r) c[r] = result + p.column + (top + r) * c_stride;
        for (int r = here; r < height; ++r) a[r] = a[here - 1], c[r] = c[here - 1];
        quad_tile(std::make_index_sequence<height>{}, std::make_index_sequence<Vectors>{}, a, c, p, end);
        p.ahead += depth * p.ahead_stride;
    }
}

/// Columns first .. last - 1, whole panels, of c (rows, `c_stride` values each) = what `end` makes of rows times the packed operand.
template <class End, class Rows>
void multiply_quads(int rows, Rows const& from, int8 const* packed, End const& end, int first, int last, int runs, int quads,
                    std::ptrdiff_t run_stride, typename End::value_type* result, std::ptrdiff_t c_stride) {
    std::size_t const height = static_cast<std::size_t>(runs) * quads * 4;
    for (int column = first; column < last;) {
        int const vectors = panel_vectors((last - column + lanes<float> - 1) / lanes<float>);
        int const width = vectors * lanes<float>;
        quad_product const p{packed + height * column, column, std::min(width, last - column), runs, quads, run_stride};
        if (vectors == 1) multiply_panel<1>(rows, from, p, end, result, c_stride);
        else if (vectors == 2) multiply_panel<2>(rows, from, p, end, result, c_stride);
        else multiply_panel<quad_vectors>(rows, from, p, end, result, c_stride);
        column += width;
    }
}

} // namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS
