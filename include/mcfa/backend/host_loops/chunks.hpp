// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace mcfa::backend {

/// Values in a work item: enough to amortise its launch, few enough to divide one array among threads.
inline constexpr std::size_t chunk_values = 8192;

/// body(first, last) on pieces of 0 .. count - 1 of `piece` each.
template <class Execution, class Body>
void launch_pieces(Execution& run, std::size_t count, std::size_t piece, Body const& body) {
    auto const pieces = static_cast<std::int64_t>((count + piece - 1) / piece);
    run.launch(pieces, [&](std::int64_t i) {
        std::size_t const first = i * piece;
        body(first, std::min(count, first + piece));
    });
}

/// body(first, last) on pieces of 0 .. count - 1 values.
template <class Execution, class Body>
void launch_chunks(Execution& run, std::size_t count, Body const& body) {
    launch_pieces(run, count, chunk_values, body);
}

/// body(first, last) on pieces of 0 .. rows - 1 rows of `width` values.
template <class Execution, class Body>
void launch_rows(Execution& run, std::size_t rows, std::size_t width, Body const& body) {
    launch_pieces(run, rows, std::max<std::size_t>(1, chunk_values / std::max<std::size_t>(1, width)), body);
}

/// y[i] = f(i, x[i]) for i = first .. last - 1; y may be x. Compilers vectorise a loop only if the arrays are known to be disjoint or the
/// same, hence two loops.
template <class T, class F>
void map(std::size_t first, std::size_t last, T const* x, T* y, F const& f) {
    if (x == y)
        for (std::size_t i = first; i < last; ++i) y[i] = f(i, y[i]);
    else
        for (std::size_t i = first; i < last; ++i) y[i] = f(i, x[i]);
}

} // namespace mcfa::backend
