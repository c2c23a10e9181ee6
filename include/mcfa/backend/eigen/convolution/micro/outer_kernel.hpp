// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/convolution/micro/micro_kernel.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>

#include <cstddef>
#include <cstring>
#include <utility>

namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {

/// c[r, j] (+)= sum over line, step of a[line, step, r] * b[line, step, j]: the gradient of a product by its weights. Both operands are
/// read in place; b must be readable in whole vectors.
template <class T>
struct outer_product {
    T const* a;
    std::ptrdiff_t a_step, a_line;
    T const* b;
    std::ptrdiff_t b_step, b_line;
    int lines, steps;
    T* c;
    std::ptrdiff_t c_stride;
    int columns; ///< columns of c that exist
    bool add;    ///< add to c, or overwrite it
};

template <int Vectors, class T, std::size_t... Row>
[[gnu::noinline]] void outer_tile(std::index_sequence<Row...>, outer_product<T> const& p) {
    packet<T> sum[sizeof...(Row)][Vectors];
    packet<T> column[Vectors] = {};
    (std::memcpy(sum[Row], column, sizeof column), ...);
    for (int line = 0; line < p.lines; ++line) {
        T const* a = p.a + line * p.a_line;
        T const* b = p.b + line * p.b_line;
        for (int step = 0; step < p.steps; ++step) {
            T const* next = b;
            load_stored_row<Vectors, T>(next, column);
            (add_to_row<Vectors, T>(sum[Row], broadcast(a[Row]), column), ...);
            a += p.a_step;
            b += p.b_step;
        }
    }
    auto const finish = [&](T* c, packet<T>(&row)[Vectors]) {
        if (p.add)
            for (int v = 0; v < Vectors; ++v) {
                int const left = p.columns - v * lanes<T>;
                row[v] += left >= lanes<T> ? load(c + v * lanes<T>) : load_first(c + v * lanes<T>, left);
            }
        store_row<Vectors>(c, row, p.columns);
    };
    (finish(p.c + static_cast<std::ptrdiff_t>(Row) * p.c_stride, sum[Row]), ...);
}

template <int Vectors, class T>
inline void outer_rows(int count, outer_product<T> const& p) {
    switch (count) {
    case 1:
        return outer_tile<Vectors>(std::make_index_sequence<1>{}, p);
    case 2:
        return outer_tile<Vectors>(std::make_index_sequence<2>{}, p);
    case 3:
        return outer_tile<Vectors>(std::make_index_sequence<3>{}, p);
    case 4:
        return outer_tile<Vectors>(std::make_index_sequence<4>{}, p);
    case 5:
        return outer_tile<Vectors>(std::make_index_sequence<5>{}, p);
    default:
        return outer_tile<Vectors>(std::make_index_sequence<6>{}, p);
    }
}

/// All row tiles of one panel of columns; `p` describes its first row, whose elements of a are consecutive.
template <int Vectors, class T>
inline void outer_panel(int rows, outer_product<T> p) {
    T const* const a = p.a;
    T* const c = p.c;
    for_each_tile(rows, [&](int first, int count) {
        p.a = a + first;
        p.c = c + first * p.c_stride;
        outer_rows<Vectors>(count, p);
    });
}

} // namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS
