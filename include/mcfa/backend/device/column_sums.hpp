// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/device/launch.hpp>

#include <cstddef>
#include <cstdint>

namespace mcfa::backend::device {

// Scratch memory.
struct partial_sums {};
struct per_channel {};

/// `Sums` sums over the rows of a matrix for every column, first by pieces of the rows: partial[(piece * Sums + s) * width + c]. A block
/// covers 32 columns, so that its threads read contiguous memory, and eight rows at a time. Sums are in double, and their order depends
/// only on the sizes.
template <int Sums, class Term>
struct column_pieces {
    static constexpr int columns = 32, lanes = 8, threads = columns * lanes, phases = 2;
    static constexpr std::int64_t rows_in_piece = 1024;
    struct shared {
        double sums[Sums * threads];
    };
    std::int64_t rows;
    int width;
    Term term; ///< term(row, column, sums) adds to `Sums` numbers
    double* partial;

    static constexpr std::int64_t pieces(std::int64_t rows) {
        std::int64_t const wanted = (rows + rows_in_piece - 1) / rows_in_piece;
        return wanted < 1 ? 1 : wanted > 512 ? 512 : wanted;
    }
    constexpr grid blocks() const { return {blocks_of(width, columns), static_cast<int>(pieces(rows))}; }

    template <int Phase>
    constexpr void run(place at, shared& own) const {
        std::int64_t const column = at.across * columns + at.thread % columns;
        int const lane = at.thread / columns;
        if constexpr (Phase == 0) {
            double sums[Sums]{};
            if (column < width)
                for (std::int64_t row = at.down * std::int64_t{lanes} + lane; row < rows; row += std::int64_t{lanes} * at.rows)
                    term(row, static_cast<int>(column), sums);
            for (int s = 0; s < Sums; ++s) own.sums[s * threads + at.thread] = sums[s];
        } else {
            if (lane > 0 || column >= width) return;
            for (int s = 0; s < Sums; ++s) {
                double sum = 0;
                for (int l = 0; l < lanes; ++l) sum += own.sums[s * threads + l * columns + at.thread];
                partial[(static_cast<std::int64_t>(at.down) * Sums + s) * width + column] = sum;
            }
        }
    }
};

/// Adds up the pieces and passes a column's sums to `then(column, sums)`.
template <int Sums, class Then>
struct join_pieces {
    std::int64_t pieces;
    int width;
    double const* partial;
    Then then;

    constexpr void operator()(std::size_t column) const {
        double sums[Sums]{};
        for (std::int64_t piece = 0; piece < pieces; ++piece)
            for (int s = 0; s < Sums; ++s) sums[s] += partial[(piece * Sums + s) * width + static_cast<std::int64_t>(column)];
        then(static_cast<int>(column), sums);
    }
};

template <int Sums, class Run, class Term, class Then>
void sum_columns(Run& run, std::int64_t rows, int width, Term const& term, Then const& then) {
    using first = column_pieces<Sums, Term>;
    std::int64_t const pieces = first::pieces(rows);
    auto const partial = run.template scratch<double>(partial_sums{}, static_cast<std::size_t>(pieces * Sums) * width);
    run.launch(first{rows, width, term, partial.data()});
    launch_each(run, width, join_pieces<Sums, Then>{pieces, width, partial.data(), then});
}

template <class T>
struct store_sum {
    T* to;
    constexpr void operator()(int column, double const* sums) const { to[column] = static_cast<T>(sums[0]); }
};

/// The values of a matrix, each row scaled by its weight if there are weights.
template <class T>
struct value_term {
    int width;
    T const* x;
    T const* row_weights;
    constexpr void operator()(std::int64_t row, int c, double* sums) const {
        double const value = static_cast<double>(x[row * width + c]);
        sums[0] += row_weights ? static_cast<double>(row_weights[row]) * value : value;
    }
};

} // namespace mcfa::backend::device
