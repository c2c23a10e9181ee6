// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/convolution/micro/stored.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <utility>

namespace mcfa::backend::eigen_engine {

/// Rows of each operand in a tile of dot products.
inline constexpr int dot_rows = 3;
inline constexpr int dot_columns = 4;

/// sum[column] += value * weight, for one row of x and all columns.
template <class T, std::size_t... Column>
[[gnu::always_inline]] inline void add_dots(std::index_sequence<Column...>, packet<T> (&sum)[sizeof...(Column)], packet<T> const& value,
                                            packet<T> const (&weight)[sizeof...(Column)]) {
    ((sum[Column] += value * weight[Column]), ...);
}

/// y[r * y_stride + j] = bias[j] + <x row r, w row j>, rows of `depth` values that lie one after another; a null bias is zero.
/// Both operands are read along their rows, so neither is packed. `Row` and `Column` are written out, so that sums live in registers.
template <class T, class S, std::size_t... Row, std::size_t... Column>
[[gnu::noinline]] void dot_tile(std::index_sequence<Row...>, std::index_sequence<Column...> columns, std::size_t depth, T const* x,
                                S const* w, T const* bias, T* y, std::size_t y_stride) {
    packet<T> sum[sizeof...(Row)][sizeof...(Column)];
    (std::memset(&sum[Row], 0, sizeof sum[Row]), ...);
    T const* const a[] = {x + Row * depth...};
    S const* const b[] = {w + Column * depth...};
    constexpr std::size_t step = lanes<T>;
    std::size_t k = 0;
    for (; k + step <= depth; k += step) {
        packet<T> const weight[] = {load_stored<T>(b[Column] + k)...};
        (add_dots<T>(columns, sum[Row], load(a[Row] + k), weight), ...);
    }
    if (int const left = static_cast<int>(depth - k); left > 0) {
        S beyond[sizeof...(Column)][lanes<T>] = {};
        (std::copy_n(b[Column] + k, left, beyond[Column]), ...);
        packet<T> const weight[] = {load_stored<T>(beyond[Column])...};
        (add_dots<T>(columns, sum[Row], load_first(a[Row] + k, left), weight), ...);
    }
    auto const finish = [&](std::size_t r, packet<T> const(&row)[sizeof...(Column)]) {
        ((y[r * y_stride + Column] = sum_of_lanes<T>(row[Column]) + (bias ? bias[Column] : T(0))), ...);
    };
    (finish(Row, sum[Row]), ...);
}

/// All rows of x against `Columns` rows of w.
template <int Columns, class T, class S>
inline void dot_panel(std::size_t rows, std::size_t depth, T const* x, S const* w, T const* bias, T* y, std::size_t y_stride) {
    static_assert(dot_rows == 3);
    constexpr std::make_index_sequence<Columns> columns{};
    std::size_t r = 0;
    for (; r + 3 <= rows; r += 3)
        dot_tile(std::make_index_sequence<3>{}, columns, depth, x + r * depth, w, bias, y + r * y_stride, y_stride);
    if (rows - r == 2) dot_tile(std::make_index_sequence<2>{}, columns, depth, x + r * depth, w, bias, y + r * y_stride, y_stride);
    if (rows - r == 1) dot_tile(std::make_index_sequence<1>{}, columns, depth, x + r * depth, w, bias, y + r * y_stride, y_stride);
}

} // namespace mcfa::backend::eigen_engine
