// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/tiles/instructions.hpp>
#include <mcfa/backend/eigen/tiles/permission.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>

#include <concepts>
#include <cstddef>
#include <type_traits>

// Who multiplies narrow factors: tiles, by a policy, or vector registers.
namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {

/// The policy that leaves products to vector registers.
struct without_tiles {};

/// A policy for tiles: eight of them, configured for as long as it lives.
template <class T>
concept tile_engine = std::constructible_from<T, tile_configuration const&> && requires(T tiles, void* memory, std::ptrdiff_t stride) {
    tiles.template zero<0>();
    tiles.template load<0>(memory, stride);
    tiles.template store<0>(memory, stride);
    tiles.template add_pairs<0, 1, 2>();
    tiles.template add_quads<0, 1, 2>();
    tiles.template add_signed_quads<0, 1, 2>();
};

/// Whether the code is compiled for a processor with tiles; the one place that says so, beside the name in vector_width.hpp.
#if defined(__AMX_TILE__) && defined(__AMX_BF16__) && defined(__AMX_INT8__) && defined(__AVX512BF16__) && defined(__AVX512VNNI__)
inline constexpr bool compiled_for_tiles = true;
#else
inline constexpr bool compiled_for_tiles = false;
#endif

/// Whether products of narrow factors are left to tiles.
inline bool uses_tiles() { return compiled_for_tiles && tiles_permitted(); }

/// call(std::type_identity<policy>) with the policy in use.
template <class Call>
void with_tiles(Call const& call) {
    if constexpr (compiled_for_tiles)
        if (uses_tiles()) return call(std::type_identity<tile_instructions>{});
    call(std::type_identity<without_tiles>{});
}

} // namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS
