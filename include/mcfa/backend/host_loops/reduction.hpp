// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/arithmetic/squares.hpp>
#include <mcfa/backend/host_loops/backend.hpp>
#include <mcfa/backend/host_loops/chunks.hpp>
#include <mcfa/op/reduction.hpp>

#include <algorithm>
#include <cstddef>

namespace mcfa {

template <class T, backend::host_backend B>
struct kernel<sum_of_squares<T>, B> {
    static void run(typename B::execution& run, sum_of_squares<T> const& p) {
        std::size_t const pieces = (p.x.size() + backend::chunk_values - 1) / backend::chunk_values;
        auto const partials = run.template scratch<double>(piece_sums{}, pieces);
        backend::launch_chunks(run, p.x.size(), [=, x = p.x.data()](std::size_t first, std::size_t last) {
            partials[first / backend::chunk_values] = arithmetic::squares(x + first, last - first);
        });
        double sum = 0;
        for (double const partial : partials) sum += partial;
        p.sum[0] = sum;
    }

private:
    struct piece_sums {}; // scratch memory
};

template <class T, backend::host_backend B>
struct kernel<weighted_column_sums<T>, B> {
    static void run(typename B::execution& run, weighted_column_sums<T> const& p) {
        constexpr std::size_t block = 128;
        backend::launch_pieces(run, p.sums.size(), block, [=](std::size_t first, std::size_t last) {
            double* const sums = p.sums.data();
            std::fill(sums + first, sums + last, 0.0);
            for (std::size_t row = 0; row < p.x.extent(0); ++row) {
                double const weight = p.row_weights.empty() ? 1.0 : static_cast<double>(p.row_weights[row]);
                T const* const values = p.x[row].data();
                for (std::size_t c = first; c < last; ++c) sums[c] += weight * static_cast<double>(values[c]);
            }
        });
    }
};

} // namespace mcfa
