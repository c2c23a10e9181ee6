// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/op/pass.hpp>

#include <cstddef>

namespace mcfa {

/// y = x with channels first, the order in which a dense layer after `flatten` counts its inputs (PyTorch's order):
///     y[n, c * pixels + pixel] = x[n, pixel, c]
/// x (batch, height, width, channels), y (batch, channels * height * width).
template <class T>
struct channels_first {
    planes<T const> x;
    matrix<T> y;

    constexpr work describe() const { return {"channels first", x, y}; }
};

/// Its inverse and gradient: dx[n, pixel, c] = dy[n, c * pixels + pixel].
template <class T>
struct channels_last {
    matrix<T const> dy;
    planes<T> dx;

    constexpr work describe() const { return {"channels last", dy, dx}; }
};

/// to[r, to_first + c] = from[r, from_first + c], or += where `adds`, for c = 0 .. count - 1 and every row r: the concatenation of stage
/// features, and its gradient.  from (rows, any), to (rows, any).
template <class T>
struct column_copy {
    matrix<T const> from;
    matrix<T> to;
    std::size_t from_first = 0;
    std::size_t to_first = 0;
    std::size_t count = 0;
    bool adds = false;

    constexpr work describe() const { return {adds ? "columns added" : "columns copied", from, to}; }
};

} // namespace mcfa
