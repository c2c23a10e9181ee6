#pragma once

#include <cstddef>
#include <type_traits>

#include <mcfa/backend/eigen/simd.hpp>

namespace mcfa::backend::cpu {

/// Vectors across the micro-kernel's tile, and rows down it: the accumulators, one row of the packed operand and one
/// broadcast value stay in registers, and at least eight independent multiply-adds hide their latency.
inline constexpr int tile_vectors = vector_registers == 32 ? 4 : 2;
inline constexpr int tile_rows = 6;

template <class T>
inline constexpr int tile_columns = tile_vectors * lanes<T>;

/// What one product tile shares between its rows: c[r, j] = bias[j] + sum over run, k of a_r[run * run_stride + k] * panel[run, k, j].
template <class T>
struct tile_product {
    T const* panel;            ///< packed (runs, depth, columns of the panel), zero beyond the last column
    T const* bias;             ///< whole vectors, or null for zero
    T* c;
    std::ptrdiff_t c_stride;
    int columns;               ///< columns of c that exist
    int runs;
    int depth;
    std::ptrdiff_t run_stride;
};

template <int Rows, int Vectors, class T>
[[gnu::noinline]] void multiply_tile(T const* const* rows, tile_product<T> const& p) {
    packet<T> sum[Rows][Vectors];
#pragma GCC unroll 16
    for (int v = 0; v < Vectors; ++v) {
        packet<T> const start = p.bias ? load(p.bias + v * lanes<T>) : packet<T>{};
#pragma GCC unroll 16
        for (int r = 0; r < Rows; ++r) sum[r][v] = start;
    }
    T const* a[Rows];
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r) a[r] = rows[r];
    T const* b = p.panel;
    for (int run = 0; run < p.runs; ++run) {
        for (int k = 0; k < p.depth; ++k) {
            packet<T> column[Vectors];
#pragma GCC unroll 16
            for (int v = 0; v < Vectors; ++v) column[v] = load(b + v * lanes<T>);
            b += Vectors * lanes<T>;
#pragma GCC unroll 16
            for (int r = 0; r < Rows; ++r) {
                packet<T> const value = a[r][k] - packet<T>{};
#pragma GCC unroll 16
                for (int v = 0; v < Vectors; ++v) sum[r][v] += value * column[v];
            }
        }
#pragma GCC unroll 16
        for (int r = 0; r < Rows; ++r) a[r] += p.run_stride;
    }
    if (p.columns == Vectors * lanes<T>) {
#pragma GCC unroll 16
        for (int r = 0; r < Rows; ++r)
#pragma GCC unroll 16
            for (int v = 0; v < Vectors; ++v) store(p.c + r * p.c_stride + v * lanes<T>, sum[r][v]);
    } else {
#pragma GCC unroll 16
        for (int r = 0; r < Rows; ++r) {
            T* c = p.c + r * p.c_stride;
#pragma GCC unroll 16
            for (int v = 0; v + 1 < Vectors; ++v) store(c + v * lanes<T>, sum[r][v]);
            store_first(c + (Vectors - 1) * lanes<T>, sum[r][Vectors - 1], p.columns - (Vectors - 1) * lanes<T>);
        }
    }
}

template <int Vectors, class T>
inline void multiply_rows(int count, T const* const* rows, tile_product<T> const& p) {
    static_assert(tile_rows == 6);
    switch (count) {
    case 1: return multiply_tile<1, Vectors>(rows, p);
    case 2: return multiply_tile<2, Vectors>(rows, p);
    case 3: return multiply_tile<3, Vectors>(rows, p);
    case 4: return multiply_tile<4, Vectors>(rows, p);
    case 5: return multiply_tile<5, Vectors>(rows, p);
    default: return multiply_tile<6, Vectors>(rows, p);
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
    case 1: return body(first, left, std::integral_constant<int, 1>{});
    case 2: return body(first, left, std::integral_constant<int, 2>{});
    case 3:
        if constexpr (tile_vectors == 4) return body(first, left, std::integral_constant<int, 3>{});
        break;
    default:
        if constexpr (tile_vectors == 4) return body(first, left, std::integral_constant<int, 4>{});
    }
}

/// c (rows, columns) = bias + rows times the packed operand. `row(r)` is the address of row r; c has `c_stride` between rows.
/// `packed` holds the panels one after another, `runs * depth` rows each.
template <class T, class Row>
inline void multiply(int rows, Row&& row, T const* packed, T const* bias, int columns, int runs, int depth, std::ptrdiff_t run_stride, T* c,
                     std::ptrdiff_t c_stride) {
    std::ptrdiff_t const height = static_cast<std::ptrdiff_t>(runs) * depth;
    for_each_panel<T>(columns, [&](int column, int count, auto vectors) {
        tile_product<T> p{packed + height * column, bias ? bias + column : nullptr, c + column, c_stride, count, runs, depth, run_stride};
        for_each_tile(rows, [&](int first, int tile) {
            T const* a[tile_rows];
            for (int r = 0; r < tile; ++r) a[r] = row(first + r);
            p.c = c + column + first * c_stride;
            multiply_rows<decltype(vectors)::value>(tile, a, p);
        });
    });
}

} // namespace mcfa::backend::cpu
