// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/convolution/micro/stored.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>

namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {

/// Vectors across the micro-kernel's tile, and rows down it: the accumulators, one row of the packed operand and one
/// broadcast value stay in registers, and at least eight independent multiply-adds hide their latency.
inline constexpr int tile_vectors = vector_registers == 32 ? 4 : 2;
inline constexpr int tile_rows = 6;

template <class T>
inline constexpr int tile_columns = tile_vectors * lanes<T>;

/// What one product tile shares between its rows:
///     c[r, j] = max(floor, bias[j] + sum over run, k of a_r[run * run_stride + k] * panel[run, k, j])
template <class T, class S = T>
struct tile_product {
    S const* panel; ///< packed (runs, depth, columns of the panel), zero beyond the last column
    T const* bias;  ///< whole vectors, or null for zero
    T floor;        ///< 0 for a rectifier, minus infinity for none
    T* c;
    std::ptrdiff_t c_stride;
    int columns; ///< columns of c that exist
    int runs;
    int depth;
    std::ptrdiff_t run_stride;
    std::uintptr_t ahead = 0;        ///< address to prefetch for the next panel while this tile is computed
    std::uintptr_t ahead_stride = 0; ///< bytes between prefetch addresses of consecutive panel rows
};

// Pack expansion unrolls the rows of a tile: accumulators indexed by constants live in registers, whereas an array indexed by a loop stays
// in memory, even if the compiler unrolls that loop later.

/// sum += value * column, vector by vector.
template <int Vectors, class T>
[[gnu::always_inline]] inline void add_to_row(packet<T> (&sum)[Vectors], packet<T> const& value, packet<T> const (&column)[Vectors]) {
    sum[0] += value * column[0];
    if constexpr (Vectors > 1) sum[1] += value * column[1];
    if constexpr (Vectors > 2) sum[2] += value * column[2];
    if constexpr (Vectors > 3) sum[3] += value * column[3];
}

/// The first `columns` values of a row.
template <int Vectors, class T>
[[gnu::always_inline]] inline void store_row(T* to, packet<T> const (&row)[Vectors], int columns) {
    constexpr int last = Vectors - 1;
    if constexpr (Vectors > 1) store(to, row[0]);
    if constexpr (Vectors > 2) store(to + lanes<T>, row[1]);
    if constexpr (Vectors > 3) store(to + 2 * lanes<T>, row[2]);
    if (columns == Vectors * lanes<T>) store(to + last * lanes<T>, row[last]);
    else store_first(to + last * lanes<T>, row[last], columns - last * lanes<T>);
}

/// max(v, floor), vector by vector; keeps NaN.
template <int Vectors, class T>
[[gnu::always_inline]] inline void raise_row(packet<T> (&row)[Vectors], packet<T> const& floor) {
    row[0] = row[0] < floor ? floor : row[0];
    if constexpr (Vectors > 1) row[1] = row[1] < floor ? floor : row[1];
    if constexpr (Vectors > 2) row[2] = row[2] < floor ? floor : row[2];
    if constexpr (Vectors > 3) row[3] = row[3] < floor ? floor : row[3];
}

template <int Vectors, class T, class S, std::size_t... Row>
[[gnu::noinline]] void multiply_tile(std::index_sequence<Row...>, T const* const* rows, tile_product<T, S> const& p) {
    packet<T> sum[sizeof...(Row)][Vectors];
    packet<T> column[Vectors] = {};
    if (T const* bias = p.bias) load_stored_row<Vectors, T>(bias, column);
    (std::memcpy(sum[Row], column, sizeof column), ...);
    T const* a[] = {rows[Row]...};
    S const* b = p.panel;
    std::uintptr_t ahead = p.ahead; // an integer: there is no object to point at behind the last panel
    for (int run = 0; run < p.runs; ++run) {
        for (int k = 0; k < p.depth; ++k) {
            __builtin_prefetch(reinterpret_cast<void const*>(ahead), 0, 2);
            ahead += p.ahead_stride;
            load_stored_row<Vectors, T>(b, column);
            (add_to_row<Vectors, T>(sum[Row], broadcast(a[Row][k]), column), ...);
        }
        ((a[Row] += p.run_stride), ...);
    }
    packet<T> const floor = broadcast(p.floor);
    (raise_row<Vectors, T>(sum[Row], floor), ...);
    (store_row<Vectors>(p.c + static_cast<std::ptrdiff_t>(Row) * p.c_stride, sum[Row], p.columns), ...);
}

template <int Vectors, class T, class S>
inline void multiply_rows(int count, T const* const* rows, tile_product<T, S> const& p) {
    static_assert(tile_rows == 6);
    switch (count) {
    case 1:
        return multiply_tile<Vectors>(std::make_index_sequence<1>{}, rows, p);
    case 2:
        return multiply_tile<Vectors>(std::make_index_sequence<2>{}, rows, p);
    case 3:
        return multiply_tile<Vectors>(std::make_index_sequence<3>{}, rows, p);
    case 4:
        return multiply_tile<Vectors>(std::make_index_sequence<4>{}, rows, p);
    case 5:
        return multiply_tile<Vectors>(std::make_index_sequence<5>{}, rows, p);
    default:
        return multiply_tile<Vectors>(std::make_index_sequence<6>{}, rows, p);
    }
}

/// Calls body(first, count) for `rows` cut into tiles of nearly equal height, none above `tile_rows`.
template <class Body>
inline void for_each_tile(int rows, Body&& body) {
    int const tiles = (rows + tile_rows - 1) / tile_rows;
    for (int t = 0, first = 0; t < tiles; ++t) {
        int const count = rows / tiles + (t < rows % tiles ? 1 : 0);
        body(first, count);
        first += count;
    }
}

/// Calls body(first, count, vectors as a constant) for `columns` cut into panels of `tile_vectors` vectors and a narrower last one.
template <class T, class Body>
inline void for_each_panel(int columns, Body&& body) {
    int first = 0;
    for (; first + tile_columns<T> <= columns; first += tile_columns<T>)
        body(first, tile_columns<T>, std::integral_constant<int, tile_vectors>{});
    int const left = columns - first;
    if (left == 0) return;
    switch (whole_vectors<T>(left) / lanes<T>) {
    case 1:
        return body(first, left, std::integral_constant<int, 1>{});
    case 2:
        return body(first, left, std::integral_constant<int, 2>{});
    case 3:
        if constexpr (tile_vectors == 4) return body(first, left, std::integral_constant<int, 3>{});
        break;
    default:
        if constexpr (tile_vectors == 4) return body(first, left, std::integral_constant<int, 4>{});
    }
}

/// Where the rows of a product's operand begin, `stride` values apart. One type for all products whose rows are a matrix's, so that `multiply` is
/// compiled once for them.
template <class T>
struct matrix_rows {
    T const* first;
    std::size_t stride;

    T const* operator()(int row) const { return first + row * stride; }
};

/// c (rows, columns) = max(floor, bias + rows times the packed operand). `row(r)` is the address of row r; c has `c_stride` between rows.
/// `packed` holds the panels one after another, `runs * depth` rows each.
template <class T, class S, class Row>
void multiply(int rows, Row const& row, S const* packed, T const* bias, T floor, int columns, int runs, int depth,
              std::ptrdiff_t run_stride, T* c, std::ptrdiff_t c_stride) {
    std::ptrdiff_t const height = static_cast<std::ptrdiff_t>(runs) * depth;
    std::size_t const tiles = (rows + tile_rows - 1) / tile_rows;
    for_each_panel<T>(columns, [&](int column, int count, auto vectors) {
        constexpr int width = decltype(vectors)::value * lanes<T>;
        S const* const panel = packed + height * column;
        tile_product<T, S> p{panel, bias ? bias + column : nullptr, floor, c, c_stride, count, runs, depth, run_stride};
        // Every tile of rows prefetches its share of the next panel.
        p.ahead = reinterpret_cast<std::uintptr_t>(panel + height * width);
        p.ahead_stride = (width * sizeof(S) + tiles - 1) / tiles;
        for_each_tile(rows, [&](int first, int tile) {
            T const* a[tile_rows];
            for (int r = 0; r < tile; ++r) a[r] = row(first + r);
            p.c = c + column + first * c_stride;
            multiply_rows<width / lanes<T>>(tile, a, p);
            p.ahead += static_cast<std::uintptr_t>(height) * p.ahead_stride;
        });
    });
}

/// The floor of a product without a lower bound.
template <class T>
inline constexpr T no_floor = -std::numeric_limits<T>::infinity();

} // namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS
