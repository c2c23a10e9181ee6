#pragma once

#include <cstddef>

#include <mcfa/backend/eigen/simd.hpp>

namespace mcfa::backend::cpu {

/// Rows of each operand in a tile of dot products.
inline constexpr int dot_rows = 3;
inline constexpr int dot_columns = 4;

/// y[r * y_stride + j] = bias[j] + <x row r, w row j>, rows of `depth` values that lie one after another; a null bias is zero.
/// Both operands are read along their rows, so neither is packed.
template <int Rows, int Columns, class T>
[[gnu::noinline]] void dot_tile(std::size_t depth, T const* x, T const* w, T const* bias, T* y, std::size_t y_stride) {
    packet<T> sum[Rows][Columns];
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r)
#pragma GCC unroll 16
        for (int j = 0; j < Columns; ++j) sum[r][j] = packet<T>{};
    T const* a[Rows];
    T const* b[Columns];
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r) a[r] = x + static_cast<std::size_t>(r) * depth;
#pragma GCC unroll 16
    for (int j = 0; j < Columns; ++j) b[j] = w + static_cast<std::size_t>(j) * depth;
    auto const add = [&](auto const& take) {
        packet<T> value[Rows];
#pragma GCC unroll 16
        for (int r = 0; r < Rows; ++r) value[r] = take(a[r]);
#pragma GCC unroll 16
        for (int j = 0; j < Columns; ++j) {
            packet<T> const weight = take(b[j]);
#pragma GCC unroll 16
            for (int r = 0; r < Rows; ++r) sum[r][j] += value[r] * weight;
        }
    };
    constexpr std::size_t step = lanes<T>;
    std::size_t k = 0;
    for (; k + step <= depth; k += step) add([k](T const* row) { return load(row + k); });
    if (k < depth) add([k, left = static_cast<int>(depth - k)](T const* row) { return load_first(row + k, left); });
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r)
#pragma GCC unroll 16
        for (int j = 0; j < Columns; ++j) y[static_cast<std::size_t>(r) * y_stride + static_cast<std::size_t>(j)] = sum_of_lanes<T>(sum[r][j]) + (bias ? bias[j] : T(0));
}

/// All rows of x against `Columns` rows of w.
template <int Columns, class T>
inline void dot_panel(std::size_t rows, std::size_t depth, T const* x, T const* w, T const* bias, T* y, std::size_t y_stride) {
    static_assert(dot_rows == 3);
    std::size_t r = 0;
    for (; r + 3 <= rows; r += 3) dot_tile<3, Columns>(depth, x + r * depth, w, bias, y + r * y_stride, y_stride);
    if (rows - r == 2) dot_tile<2, Columns>(depth, x + r * depth, w, bias, y + r * y_stride, y_stride);
    if (rows - r == 1) dot_tile<1, Columns>(depth, x + r * depth, w, bias, y + r * y_stride, y_stride);
}

} // namespace mcfa::backend::cpu
