// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/bfloat16/pair_kernel.hpp>
#include <mcfa/backend/eigen/bfloat16/pairs.hpp>
#include <mcfa/backend/eigen/tiles/kernel.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>

#include <algorithm>
#include <cstddef>

namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {

/// Products of bfloat16 by tiles, of operands as `multiply_pairs` has them.
struct tiled_pairs {
    static int panel_width(int left) { return whole_vectors<float>(std::min(pair_columns, left)); }

    template <int Sum, int A, int B, tile_engine Tiles>
    static void add(Tiles& tiles) {
        tiles.template add_pairs<Sum, A, B>();
    }
};

/// As `multiply_pairs`, of `lines` whole lines of windows.
template <tile_engine Tiles, class Out>
void multiply_pairs_in_tiles(tiled_product<bfloat16, bfloat16, float> const& p, float floor, std::byte* scratch, Out* result,
                             std::ptrdiff_t c_stride) {
    multiply_in_tiles<tiled_pairs, Tiles>(p, scratch, [&](int row, int column, int count, float const* sums) {
        packet<float> const least = broadcast(floor), sum = load(sums);
        packet<float> const v = sum < least ? least : sum; // keeps NaN
        Out* const to = result + row * c_stride + column;
        if (count == lanes<float>) store_sums(to, v);
        else store_first_sums(to, v, count);
    });
}

} // namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS
