#pragma once

#include <cstddef>

#include <mcfa/backend/eigen/weight_packing.hpp>
#include <mcfa/backend/host/column_sums.hpp>

namespace mcfa::backend::cpu {

/// dbias = column sums of dy (rows, channels); a null dbias wants none.
template <class T, class Execution>
void bias_gradient(Execution& run, std::size_t rows, int channels, T const* dy, T* dbias) {
    if (!dbias) return;
    auto const width = static_cast<std::size_t>(channels);
    auto const sums = column_sums<1>(run, partial_sums_slot, rows, width, [&](std::size_t first, std::size_t last, double* partial) {
        for (std::size_t row = first; row < last; ++row)
            for (std::size_t i = 0; i < width; ++i) partial[i] += static_cast<double>(dy[row * width + i]);
    });
    for (std::size_t i = 0; i < width; ++i) dbias[i] = static_cast<T>(sums[i]);
}

} // namespace mcfa::backend::cpu
