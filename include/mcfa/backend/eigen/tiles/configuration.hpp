// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/vector_width.hpp>

#include <cstdint>

// Tiles of AMX: eight registers of up to 16 rows of up to 64 bytes. A tile of sums has a row for each row of the first factor and a lane of 32 bits
// for each column of the second. A lane of a factor is a group of neighbours along the sum: two bfloat16 or four bytes. So a row of the first factor is
// as rows lie in memory, and the second is as `multiply_pairs` and `multiply_quads` have it packed.
namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {

/// Most rows of a tile, and most lanes of a row.
inline constexpr int tile_side = 16;

/// Bytes of a lane.
inline constexpr int tile_lane = 4;

/// What LDTILECFG reads, palette 1.
struct alignas(64) tile_configuration {
    std::uint8_t palette = 1;
    std::uint8_t start_row = 0;
    std::uint8_t reserved[14] = {};
    std::uint16_t row_bytes[16] = {}; ///< of the eight tiles; the others are zero
    std::uint8_t rows[16] = {};       ///< likewise
};
static_assert(sizeof(tile_configuration) == 64);

} // namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS
