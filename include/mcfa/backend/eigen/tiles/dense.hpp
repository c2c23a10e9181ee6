// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/backend.hpp>
#include <mcfa/backend/eigen/tiles/kernel.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>
#include <mcfa/core/view.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {

struct packed_rows {};   // scratch memory
struct gathered_rows {}; // scratch memory, of each thread

/// put(output, row, count, sums) for W x': the weights (outputs, depth) are the rows, read as they lie, and the few rows of x are packed. An item is
/// two tiles of outputs.
template <class Products, tile_engine Tiles, class Sum, class Value, class Weight, class Put>
void dense_in_tiles(eigen::execution& run, matrix<Value const> const& x, matrix<Weight const> const& weights, Put const& put) {
    constexpr std::size_t group = tile_lane / sizeof(Value), block = 2 * tile_side;
    std::size_t const depth = x.extent(1), outputs = weights.extent(0), groups = (depth + group - 1) / group;
    int const rows = static_cast<int>(x.extent(0));
    auto const packed = run.template scratch<Value>(packed_rows{}, groups * group * whole_vectors<float>(rows));
    constexpr int most = 2 * lanes<float>;
    run.launch((rows + most - 1) / most, [&](std::int64_t panel) {
        int const first = static_cast<int>(panel) * most, width = Products::panel_width(rows - first);
        Value* const to = packed.data() + groups * group * first;
        for (int j = 0; j < width; ++j) {
            std::size_t const given = first + j < rows ? depth : 0;
            Value const* const from = x[std::min(first + j, rows - 1)].data();
            for (std::size_t k = 0; k < groups; ++k)
                for (std::size_t i = 0; i < group; ++i)
                    to[(k * width + j) * group + i] = k * group + i < given ? from[k * group + i] : Value{};
        }
    });
    tiled_product<Weight, Value, Sum> const all{
        {weights.data(), 0, static_cast<std::ptrdiff_t>(depth), 0}, 1, packed.data(), nullptr, 0, rows, 1, static_cast<int>(depth), 0};
    auto const of_outputs = [&](std::size_t first) {
        auto p = all;
        p.from.grid += first * depth;
        p.from.width = static_cast<int>(std::min(block, outputs - first));
        return p;
    };
    auto const own = run.template thread_scratch<std::byte>(gathered_rows{}, of_outputs(0).cut().scratch_bytes());
    std::size_t const share = own.size() / run.threads();
    run.launch_on_threads(static_cast<std::int64_t>((outputs + block - 1) / block), [&](std::int64_t item, int thread) {
        std::size_t const first = item * block;
        multiply_in_tiles<Products, Tiles>(
            of_outputs(first), own.data() + thread * share,
            [&](int output, int row, int count, Sum const* sums) { put(first + output, static_cast<std::size_t>(row), count, sums); });
    });
}

} // namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS
