// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/int8/quad_end.hpp>
#include <mcfa/backend/eigen/int8/quad_kernel.hpp>
#include <mcfa/backend/eigen/tiles/kernel.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>

#include <cstddef>
#include <cstdint>

namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {

/// Products of bytes by tiles, of operands as `multiply_quads` has them.
struct tiled_quads {
    static int panel_width(int left) { return panel_vectors((left + lanes<float> - 1) / lanes<float>) * lanes<float>; }

    template <int Sum, int A, int B, tile_engine Tiles>
    static void add(Tiles& tiles) {
        tiles.template add_quads<Sum, A, B>();
    }
};

/// As `multiply_quads`, of `lines` whole lines of windows.
template <tile_engine Tiles, class End>
void multiply_quads_in_tiles(tiled_product<std::uint8_t, int8, std::int32_t> const& p, End const& end, std::byte* scratch,
                             typename End::value_type* result, std::ptrdiff_t c_stride) {
    multiply_in_tiles<tiled_quads, Tiles>(p, scratch, [&](int row, int column, int count, std::int32_t const* sums) {
        auto* const to = result + row * c_stride + column;
        if (count == lanes<float>) end.store(to, load(sums), column);
        else end.store_first(to, load(sums), column, count);
    });
}

} // namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS
