// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/host_loops/chunks.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

namespace mcfa::backend {

/// Partition of a matrix's rows for column sums; depends on the sizes only, so that no sum depends on the number of threads.
struct row_cut {
    std::size_t piece; ///< rows
    std::size_t pieces;

    row_cut(std::size_t rows, std::size_t width) {
        std::size_t const wanted = std::clamp<std::size_t>(rows * width / chunk_values, 1, 64);
        piece = std::max<std::size_t>(1, (rows + wanted - 1) / wanted);
        pieces = (rows + piece - 1) / piece;
    }
};

/// Sums over rows for `Sums` quantities of each of `width` columns, in double precision:
///     body(first, last, partial)    adds rows first .. last - 1 to partial[s * width + c]
/// Returns the sums in the same layout; they live in the scratch memory of that name until its next use.
template <int Sums, class Execution, class Scratch, class Body>
std::span<double> column_sums(Execution& run, Scratch kept, std::size_t rows, std::size_t width, Body const& body) {
    row_cut const cut(rows, width);
    std::size_t const size = Sums * width;
    auto partials = run.template scratch<double>(kept, std::max<std::size_t>(1, cut.pieces) * size);
    if (cut.pieces == 0) std::fill(partials.begin(), partials.end(), 0.0);
    launch_pieces(run, rows, cut.piece, [&](std::size_t first, std::size_t last) {
        double* const partial = partials.data() + first / cut.piece * size;
        std::fill_n(partial, size, 0.0);
        body(first, last, partial);
    });
    for (std::size_t piece = 1; piece < cut.pieces; ++piece)
        for (std::size_t i = 0; i < size; ++i) partials[i] += partials[piece * size + i];
    return partials.first(size);
}

} // namespace mcfa::backend
