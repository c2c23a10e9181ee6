// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/convolution/micro/weight_packing.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>
#include <mcfa/backend/host_loops/column_sums.hpp>

#include <cstddef>

namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {

/// Adds `count` columns of a matrix, from `first` on, each to its sum.
template <class T>
void add_columns(std::size_t rows, std::size_t width, int first, int count, T const* x, double* __restrict sum) {
    for (std::size_t row = 0; row < rows; ++row) {
        T const* const from = x + row * width;
        for (int i = first; i < first + count; ++i) sum[i] += static_cast<double>(from[i]);
    }
}

/// dbias = the sums of all groups, rows of `width`, in order; does nothing if dbias is null.
template <class T>
void sum_groups(std::size_t groups, std::size_t width, std::size_t channels, double const* sums, T* dbias) {
    for (std::size_t i = 0; dbias && i < channels; ++i) {
        double sum = 0;
        for (std::size_t group = 0; group < groups; ++group) sum += sums[group * width + i];
        dbias[i] = static_cast<T>(sum);
    }
}

/// dbias = column sums of dy (rows, channels); does nothing if dbias is null.
template <class T, class Execution>
void bias_gradient(Execution& run, std::size_t rows, int channels, T const* dy, T* dbias) {
    if (!dbias) return;
    std::size_t const width = channels;
    auto const sums = column_sums<1>(run, partial_sums{}, rows, width, [&](std::size_t first, std::size_t last, double* partial) {
        for (std::size_t row = first; row < last; ++row)
            for (std::size_t i = 0; i < width; ++i) partial[i] += static_cast<double>(dy[row * width + i]);
    });
    for (std::size_t i = 0; i < width; ++i) dbias[i] = static_cast<T>(sums[i]);
}

} // namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS
