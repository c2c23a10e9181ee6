// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/tiles/configuration.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>

#include <cstddef>

namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {

/// The tiles of the calling thread, configured and, in the end, released: then the system has nothing of them to save. Written in assembly,
/// since g++ 12's intrinsics take a tile by its digit, which a template has not, and do not say that they read memory, so that what was just
/// written there might come too late.
class tile_instructions {
public:
    explicit tile_instructions(tile_configuration const& c) { asm volatile("ldtilecfg %0" ::"m"(c)); }
    ~tile_instructions() { asm volatile("tilerelease" ::: "memory"); }
    tile_instructions(tile_instructions const&) = delete;
    tile_instructions& operator=(tile_instructions const&) = delete;

    template <int Tile>
    void zero() {
        asm volatile("tilezero %%tmm%c0" ::"i"(Tile));
    }
    /// Rows `stride` bytes apart.
    template <int Tile>
    void load(void const* from, std::ptrdiff_t stride) {
        asm volatile("tileloadd (%0,%1,1), %%tmm%c2" ::"r"(from), "r"(stride), "i"(Tile) : "memory");
    }
    template <int Tile>
    void store(void* to, std::ptrdiff_t stride) {
        asm volatile("tilestored %%tmm%c2, (%0,%1,1)" ::"r"(to), "r"(stride), "i"(Tile) : "memory");
    }

    // Sum += A times B.

    /// Pairs of bfloat16.
    template <int Sum, int A, int B>
    void add_pairs() {
        asm volatile("tdpbf16ps %%tmm%c2, %%tmm%c1, %%tmm%c0" ::"i"(Sum), "i"(A), "i"(B));
    }
    /// Fours of unsigned and of signed bytes.
    template <int Sum, int A, int B>
    void add_quads() {
        asm volatile("tdpbusd %%tmm%c2, %%tmm%c1, %%tmm%c0" ::"i"(Sum), "i"(A), "i"(B));
    }
    /// Fours of signed and of unsigned bytes.
    template <int Sum, int A, int B>
    void add_signed_quads() {
        asm volatile("tdpbsud %%tmm%c2, %%tmm%c1, %%tmm%c0" ::"i"(Sum), "i"(A), "i"(B));
    }
};

} // namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS
