// SPDX-License-Identifier: MIT
// What the processor's products reach in loops that stay in registers, one thread: the floors of docs/performance.md. Thousand million operations a
// second of processor time, a product and its sum being two.
#include <cstdio>

#if defined(__AVX512F__)
#include <mcfa/backend/eigen/tiles/engine.hpp>

#include <immintrin.h>

#include <algorithm>
#include <ctime>

namespace {

/// The best of several loops over twelve sums, each of which waits for itself alone.
template <class Sum, class Step>
double rate(double operations, Step const& step) {
    constexpr int rounds = 3'000'000;
    double best = 0;
    for (int run = 0; run < 9; ++run) {
        std::clock_t const start = std::clock();
        Sum a{}, b{}, c{}, d{}, e{}, f{}, g{}, h{}, i{}, j{}, k{}, l{};
        for (int round = 0; round < rounds; ++round)
            step(a), step(b), step(c), step(d), step(e), step(f), step(g), step(h), step(i), step(j), step(k), step(l);
        asm volatile("" ::"v"(a), "v"(b), "v"(c), "v"(d), "v"(e), "v"(f), "v"(g), "v"(h), "v"(i), "v"(j), "v"(k), "v"(l));
        best = std::max(best, 12 * operations * rounds * CLOCKS_PER_SEC / static_cast<double>(std::clock() - start) / 1e9);
    }
    return best;
}

/// The same over six tiles of sums, of two tiles of factors.
template <class Step>
double tile_rate(double operations, Step const& step) {
    using namespace mcfa::backend::eigen_engine;
    constexpr int rounds = 300'000;
    double best = 0;
    for (int run = 0; run < 9; ++run) {
        tile_configuration whole;
        for (int tile = 0; tile < 8; ++tile) whole.rows[tile] = tile_side, whole.row_bytes[tile] = tile_side * tile_lane;
        tile_instructions tiles(whole);
        tiles.zero<0>(), tiles.zero<1>(), tiles.zero<2>(), tiles.zero<3>(), tiles.zero<4>(), tiles.zero<5>(), tiles.zero<6>(),
            tiles.zero<7>();
        std::clock_t const start = std::clock();
        for (int round = 0; round < rounds; ++round) step(tiles);
        best = std::max(best, 6 * operations * rounds * CLOCKS_PER_SEC / static_cast<double>(std::clock() - start) / 1e9);
    }
    return best;
}

/// AMX's, where this program is compiled for it and the system permits it.
void print_tile_rates() {
    using namespace mcfa::backend::eigen_engine;
    if (!compiled_for_tiles) return;
    if (!uses_tiles()) return void(std::puts("tiles: not permitted"));
    constexpr double lanes_multiplied = tile_side * tile_side * tile_side;
    std::printf("bfloat16, tdpbf16ps: %.0f\n", tile_rate(4 * lanes_multiplied, [](tile_instructions& t) {
                    t.add_pairs<0, 6, 7>(), t.add_pairs<1, 6, 7>(), t.add_pairs<2, 6, 7>();
                    t.add_pairs<3, 6, 7>(), t.add_pairs<4, 6, 7>(), t.add_pairs<5, 6, 7>();
                }));
    std::printf("8-bit integers, tdpbusd: %.0f\n", tile_rate(8 * lanes_multiplied, [](tile_instructions& t) {
                    t.add_quads<0, 6, 7>(), t.add_quads<1, 6, 7>(), t.add_quads<2, 6, 7>();
                    t.add_quads<3, 6, 7>(), t.add_quads<4, 6, 7>(), t.add_quads<5, 6, 7>();
                }));
}

} // namespace

int main() {
    __m512 const x = _mm512_set1_ps(1.1f), y = _mm512_set1_ps(0.9f);
    std::printf("float, vfmadd: %.0f\n", rate<__m512>(32, [&](__m512& s) {
                    asm volatile("vfmadd231ps %1, %2, %0" : "+v"(s) : "v"(x), "v"(y));
                }));
#if defined(__AVX512BF16__)
    std::printf("bfloat16, vdpbf16ps: %.0f\n", rate<__m512>(64, [&](__m512& s) {
                    asm volatile("vdpbf16ps %1, %2, %0" : "+v"(s) : "v"(x), "v"(y));
                }));
#endif
#if defined(__AVX512VNNI__)
    __m512i const p = _mm512_set1_epi8(3), q = _mm512_set1_epi8(5);
    std::printf("8-bit integers, vpdpbusd: %.0f\n", rate<__m512i>(128, [&](__m512i& s) {
                    asm volatile("vpdpbusd %1, %2, %0" : "+v"(s) : "v"(p), "v"(q));
                }));
#endif
    print_tile_rates();
}
#else
int main() { std::puts("skipped: this program is compiled without AVX-512"); }
#endif
