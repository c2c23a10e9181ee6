// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/host_loops/backend.hpp>
#include <mcfa/backend/host_loops/chunks.hpp>
#include <mcfa/op/reduction.hpp>

#include <algorithm>
#include <cstddef>

namespace mcfa {

template <backend::host_backend B>
struct kernel<reduction, B> {
    template <class T>
    static double sum_of_squares(typename B::execution& run, std::size_t count, T const* x) {
        std::size_t const pieces = (count + backend::chunk_values - 1) / backend::chunk_values;
        auto const partials = run.template scratch<double>(piece_sums{}, pieces);
        backend::launch_chunks(run, count, [=](std::size_t first, std::size_t last) {
            partials[first / backend::chunk_values] = squares(x + first, last - first);
        });
        double sum = 0;
        for (double const partial : partials) sum += partial;
        return sum;
    }

    template <class T>
    static void weighted_column_sums(typename B::execution& run, int rows, int width, T const* x, T const* row_weights, double* sums) {
        constexpr std::size_t block = 128;
        auto const row_width = static_cast<std::size_t>(width);
        backend::launch_pieces(run, row_width, block, [=](std::size_t first, std::size_t last) {
            std::fill(sums + first, sums + last, 0.0);
            for (int row = 0; row < rows; ++row) {
                double const weight = row_weights ? static_cast<double>(row_weights[row]) : 1.0;
                T const* const values = x + static_cast<std::size_t>(row) * row_width;
                for (std::size_t c = first; c < last; ++c) sums[c] += weight * static_cast<double>(values[c]);
            }
        });
    }

private:
    struct piece_sums {}; // scratch memory

    /// Several sums side by side, because compilers keep the order of additions and so cannot make vector code of a single one.
    template <class T>
    static double squares(T const* x, std::size_t count) {
        constexpr std::size_t lanes = 16;
        double sums[lanes]{};
        std::size_t i = 0;
        for (; i + lanes <= count; i += lanes)
            for (std::size_t lane = 0; lane < lanes; ++lane) {
                double const value = static_cast<double>(x[i + lane]);
                sums[lane] += value * value;
            }
        for (; i < count; ++i) sums[i % lanes] += static_cast<double>(x[i]) * static_cast<double>(x[i]);
        double sum = 0;
        for (double const part : sums) sum += part;
        return sum;
    }
};

} // namespace mcfa
