#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <mcfa/backend/eigen/micro_kernel.hpp>
#include <mcfa/backend/eigen/weight_packing.hpp>
#include <mcfa/backend/eigen/winograd_tiles.hpp>
#include <mcfa/backend/eigen/winograd_weights.hpp>

namespace mcfa::backend::cpu {

/// Tiles of a block: both transformed operands stay in the second-level cache, yet the weights are used often enough each
/// time they pass through it.
template <int Outputs, class T>
int winograd_block(correlation const& c, std::size_t tiles) {
    constexpr std::size_t cache_bytes = 384 * 1024;
    auto const channels = static_cast<std::size_t>(whole_vectors<T>(c.in.channels) + whole_vectors<T>(c.out.channels));
    std::size_t const fitting = cache_bytes / (winograd_tiles<Outputs>::points * channels * sizeof(T));
    std::size_t const block = std::clamp<std::size_t>(fitting / tile_rows * tile_rows, 4 * tile_rows, 32 * tile_rows);
    std::size_t const blocks = (tiles + block - 1) / block;
    return static_cast<int>((tiles + blocks - 1) / blocks);
}

/// y = correlation of x with transformed weights, 3x3, stride 1: per block of tiles the input transform, a matrix product for
/// each point and the output transform.
template <int Outputs, class T, class Execution>
void correlate_by_winograd(Execution& run, correlation const& c, int batch, T const* x, T const* packed, T const* bias, T* y) {
    using tiles = winograd_tiles<Outputs>;
    tiles const cut{c};
    std::size_t const count = cut.count(batch);
    int const block = winograd_block<Outputs, T>(c, count);
    int const in = whole_vectors<T>(c.in.channels);
    int const out = whole_vectors<T>(c.out.channels);
    std::size_t const in_plane = tiles::template plane<T>(block, c.in.channels);
    std::size_t const out_plane = tiles::template plane<T>(block, c.out.channels);
    std::size_t const packed_plane = packed_size<T>(static_cast<std::size_t>(c.in.channels), c.out.channels);
    auto const own = run.template thread_scratch<T>(thread_slot, tiles::points * (in_plane + out_plane));
    std::size_t const share = own.size() / static_cast<std::size_t>(run.threads());
    auto const zeros = run.template scratch<T>(rearranged_slot, static_cast<std::size_t>(in));
    std::fill(zeros.begin(), zeros.end(), T(0));
    std::size_t const step = static_cast<std::size_t>(block);
    run.launch_on_threads(static_cast<std::int64_t>((count + step - 1) / step), [&](std::int64_t item, int thread) {
        std::size_t const first = static_cast<std::size_t>(item) * step;
        int const here = static_cast<int>(std::min(step, count - first));
        T* const inputs = own.data() + static_cast<std::size_t>(thread) * share;
        T* const outputs = inputs + tiles::points * in_plane;
        for (int t = 0; t < here; ++t)
            cut.transform_input(cut.at(first + static_cast<std::size_t>(t)), x, zeros.data(), inputs + static_cast<std::ptrdiff_t>(t) * in, in_plane);
        for (int e = 0; e < tiles::points; ++e) {
            T const* const operand = inputs + static_cast<std::size_t>(e) * in_plane;
            multiply(here, [&](int t) { return operand + static_cast<std::ptrdiff_t>(t) * in; }, packed + static_cast<std::size_t>(e) * packed_plane,
                     static_cast<T const*>(nullptr), out, 1, c.in.channels, 0, outputs + static_cast<std::size_t>(e) * out_plane, out);
        }
        for (int t = 0; t < here; ++t)
            cut.transform_output(cut.at(first + static_cast<std::size_t>(t)), outputs + static_cast<std::ptrdiff_t>(t) * out, out_plane, bias, y);
    });
}

/// The same from weights as they are stored; `flipped` as `pack_window` has it.
template <int Outputs, class T, class Execution>
void correlate_by_winograd(Execution& run, correlation const& c, bool flipped, int batch, T const* x, T const* weights, T const* bias, T* y) {
    auto const packed = run.template scratch<T>(packed_weights_slot, winograd_weights_size<Outputs, T>(c));
    transform_weights<Outputs>(run, c, flipped, weights, packed.data());
    correlate_by_winograd<Outputs>(run, c, batch, x, static_cast<T const*>(packed.data()), pack_bias(run, c.out.channels, bias), y);
}

} // namespace mcfa::backend::cpu
