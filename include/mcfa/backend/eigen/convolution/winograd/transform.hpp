// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/vector_width.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>

namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {

/// Winograd's minimal filtering F(Outputs, 3) along one line: y = A^T [(G g) .* (B^T d)] for a window g of 3 values, d of
/// Outputs + 2 values (Lavin and Gray 2015). Each function below applies one of the matrices; P is a vector or a scalar.
/// A plane takes the same matrix along both directions.
template <int Outputs>
struct winograd_line;

/// F(4, 3), on the points 0, 1, -1, 2, -2 and infinity: 2.25 multiplications per output value on a plane, against 9 by the definition.
template <>
struct winograd_line<4> {
    /// B^T d, 6 to 6.
    template <class P>
    [[gnu::always_inline]] static inline void input(P const* d, P* t) {
        P const even = d[4] - d[2] * 4;
        P const odd = d[3] - d[1] * 4;
        P const even_half = d[4] - d[2];
        P const odd_half = (d[3] - d[1]) * 2;
        t[0] = d[0] * 4 - d[2] * 5 + d[4];
        t[1] = even + odd;
        t[2] = even - odd;
        t[3] = even_half + odd_half;
        t[4] = even_half - odd_half;
        t[5] = d[1] * 4 - d[3] * 5 + d[5];
    }
    /// G g, 3 to 6.
    template <class P>
    [[gnu::always_inline]] static inline void weights(P const* g, P* u) {
        P const ends = g[0] + g[2];
        P const far = (g[0] + g[2] * 4) / 24;
        P const middle = g[1] / 12;
        u[0] = g[0] / 4;
        u[1] = (ends + g[1]) / -6;
        u[2] = (ends - g[1]) / -6;
        u[3] = far + middle;
        u[4] = far - middle;
        u[5] = g[2];
    }
    /// A^T m, 6 to 4.
    template <class P>
    [[gnu::always_inline]] static inline void output(P const* m, P* y) {
        P const sum = m[1] + m[2];
        P const difference = m[1] - m[2];
        P const far_sum = m[3] + m[4];
        P const far_difference = m[3] - m[4];
        y[0] = m[0] + sum + far_sum;
        y[1] = difference + far_difference * 2;
        y[2] = sum + far_sum * 4;
        y[3] = difference + far_difference * 8 + m[5];
    }
    /// A dy, 4 to 6.
    template <class P>
    [[gnu::always_inline]] static inline void output_gradient(P const* dy, P* dm) {
        P const even = dy[0] + dy[2];
        P const odd = dy[1] + dy[3];
        P const far_even = dy[0] + dy[2] * 4;
        P const far_odd = dy[1] * 2 + dy[3] * 8;
        dm[0] = dy[0];
        dm[1] = even + odd;
        dm[2] = even - odd;
        dm[3] = far_even + far_odd;
        dm[4] = far_even - far_odd;
        dm[5] = dy[3];
    }
    /// G^T du, 6 to 3.
    template <class P>
    [[gnu::always_inline]] static inline void weights_gradient(P const* du, P* dg) {
        P const near = (du[1] + du[2]) / -6;
        P const far = (du[3] + du[4]) / 24;
        dg[0] = du[0] / 4 + near + far;
        dg[1] = (du[2] - du[1]) / 6 + (du[3] - du[4]) / 12;
        dg[2] = near + far * 4 + du[5];
    }
};

/// F(2, 3), on the points 0, 1, -1 and infinity: 4 multiplications an output value, and weights less than half as large. For passes that
/// read weights: the gradient by them is always taken on the larger tiles.
template <>
struct winograd_line<2> {
    template <class P>
    [[gnu::always_inline]] static inline void input(P const* d, P* t) {
        t[0] = d[0] - d[2];
        t[1] = d[1] + d[2];
        t[2] = d[2] - d[1];
        t[3] = d[1] - d[3];
    }
    template <class P>
    [[gnu::always_inline]] static inline void weights(P const* g, P* u) {
        P const ends = g[0] + g[2];
        u[0] = g[0];
        u[1] = (ends + g[1]) / 2;
        u[2] = (ends - g[1]) / 2;
        u[3] = g[2];
    }
    template <class P>
    [[gnu::always_inline]] static inline void output(P const* m, P* y) {
        y[0] = m[0] + m[1] + m[2];
        y[1] = m[1] - m[2] - m[3];
    }
};

/// `line`, From values to To, along the columns and then along the rows of a From x From plane: put(row, column, value) receives the To x
/// To results, get(row, column) gives the plane. Unrolled by pack expansion, so that vectors stay in registers.
template <int From, int To, class P, class Get, class Line, class Put>
[[gnu::always_inline]] inline void transform_plane(Get const& get, Line const& line, Put const& put) {
    P half[To][From];
    [&]<std::size_t... Row>(std::index_sequence<Row...>) __attribute__((always_inline)) {
        auto const column = [&](auto x) __attribute__((always_inline)) {
            P const given[From] = {get(static_cast<int>(Row), static_cast<int>(x))...};
            P result[To];
            line(given, result);
            [&]<std::size_t... R>(std::index_sequence<R...>)
                __attribute__((always_inline)) { ((half[R][x] = result[R]), ...); }(std::make_index_sequence<To>{});
        };
        (column(std::integral_constant<std::size_t, Row>{}), ...);
    }(std::make_index_sequence<From>{});
    [&]<std::size_t... Column>(std::index_sequence<Column...>) __attribute__((always_inline)) {
        auto const row = [&](auto y) __attribute__((always_inline)) {
            P result[To];
            line(half[y], result);
            (put(static_cast<int>(y), static_cast<int>(Column), result[Column]), ...);
        };
        (row(std::integral_constant<std::size_t, Column>{}), ...);
    }(std::make_index_sequence<To>{});
}

} // namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS
