#pragma once

#include <cstddef>
#include <type_traits>

#include <mcfa/backend/eigen/micro_kernel.hpp>

namespace mcfa::backend::cpu {

/// c[r, j] (+)= sum over line, step of a[line, step, r] * b[line, step, j]: the gradient of a product by its weights.
/// Both operands are read where they lie; b must have whole vectors to read.
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

template <int Rows, int Vectors, class T>
[[gnu::noinline]] void outer_tile(outer_product<T> const& p) {
    packet<T> sum[Rows][Vectors];
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r)
#pragma GCC unroll 16
        for (int v = 0; v < Vectors; ++v) sum[r][v] = packet<T>{};
    for (int line = 0; line < p.lines; ++line) {
        T const* a = p.a + line * p.a_line;
        T const* b = p.b + line * p.b_line;
        for (int step = 0; step < p.steps; ++step) {
            packet<T> column[Vectors];
#pragma GCC unroll 16
            for (int v = 0; v < Vectors; ++v) column[v] = load(b + v * lanes<T>);
#pragma GCC unroll 16
            for (int r = 0; r < Rows; ++r) {
                packet<T> const value = a[r] - packet<T>{};
#pragma GCC unroll 16
                for (int v = 0; v < Vectors; ++v) sum[r][v] += value * column[v];
            }
            a += p.a_step;
            b += p.b_step;
        }
    }
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 16
        for (int v = 0; v < Vectors; ++v) {
            T* c = p.c + r * p.c_stride + v * lanes<T>;
            int const left = p.columns - v * lanes<T>;
            if (left >= lanes<T>)
                store(c, p.add ? load(c) + sum[r][v] : sum[r][v]);
            else
                store_first(c, p.add ? load_first(c, left) + sum[r][v] : sum[r][v], left);
        }
    }
}

template <int Vectors, class T>
inline void outer_rows(int count, outer_product<T> const& p) {
    switch (count) {
    case 1: return outer_tile<1, Vectors>(p);
    case 2: return outer_tile<2, Vectors>(p);
    case 3: return outer_tile<3, Vectors>(p);
    case 4: return outer_tile<4, Vectors>(p);
    case 5: return outer_tile<5, Vectors>(p);
    default: return outer_tile<6, Vectors>(p);
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

} // namespace mcfa::backend::cpu
