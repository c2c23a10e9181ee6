// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/convolution/micro/micro_kernel.hpp>
#include <mcfa/backend/eigen/convolution/micro/weight_packing.hpp>
#include <mcfa/backend/eigen/convolution/winograd/tiles.hpp>
#include <mcfa/backend/eigen/convolution/winograd/weights.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {

/// Partition of a pass into blocks of tiles. If the weights fit a cache, the transformed operands of a block fit the second-level cache,
/// and threads take blocks. If the weights come from memory, or there are fewer blocks than threads, a block fills the third-level cache,
/// so that each pass over the weights serves many tiles, and threads divide a block's tiles and then its points.
struct winograd_cut {
    std::size_t block;
    bool divided;

    template <class T, class S>
    static winograd_cut of(correlation const& c, std::size_t points, std::size_t tiles, int threads) {
        constexpr std::size_t near_bytes = std::size_t{128} << 10, far_bytes = std::size_t{12} << 20, far_weights = std::size_t{2} << 20;
        std::size_t const channels = whole_vectors<T>(c.in.channels) + whole_vectors<T>(c.out.channels);
        bool const far = points * winograd_weights_plane<T, S>(c) * sizeof(S) > far_weights;
        std::size_t const fitting = (far ? far_bytes : near_bytes) / (points * channels * sizeof(T));
        std::size_t const most = std::clamp<std::size_t>(fitting, (far ? 8 : 4) * tile_rows, 32 * tile_rows);
        std::size_t const blocks = (tiles + most - 1) / most;
        std::size_t const even = (tiles + blocks - 1) / blocks;
        std::size_t const block = std::min(tiles, (even + tile_rows - 1) / tile_rows * tile_rows); // whole tiles of the micro-kernel
        bool const few = tiles < 3 * block * threads;
        bool const divided = threads > 1 && (far || few);
        return {divided && !far ? tiles : block, divided};
    }
};

/// The transforms of a batch's tiles, type-erased by tile size: code that iterates over tiles is compiled once for all sizes.
template <class T>
struct tile_transforms {
    void const* tiles; ///< a `winograd_tiles`, which must outlive this
    std::size_t points;
    std::size_t count; ///< of the batch's tiles
    std::size_t patch; ///< values of scratch memory that a transform needs
    void (*input)(void const* tiles, std::size_t tile, pixel_source<T> const& x, T* patch, T* planes, std::size_t plane);
    void (*output)(void const* tiles, std::size_t tile, T const* planes, std::size_t plane, epilogue<T> const& end, T* patch, T* y);

    template <int Outputs>
    tile_transforms(winograd_tiles<Outputs> const& all, std::size_t batch)
        : tiles(&all),
          points(winograd_tiles<Outputs>::points),
          count(all.count(batch)),
          patch(all.template patch<T>()),
          input([](void const* erased, std::size_t tile, pixel_source<T> const& x, T* scratch, T* planes, std::size_t plane) {
              auto const& cut = *static_cast<winograd_tiles<Outputs> const*>(erased);
              cut.transform_input(cut.at(tile), x, scratch, planes, plane);
          }),
          output([](void const* erased, std::size_t tile, T const* planes, std::size_t plane, epilogue<T> const& end, T* scratch, T* y) {
              auto const& cut = *static_cast<winograd_tiles<Outputs> const*>(erased);
              cut.transform_output(cut.at(tile), planes, plane, end, scratch, y);
          }) {}
};

/// y = the epilogue of the correlation of x with transformed weights, 3x3, stride 1: per block of tiles the input transform, a matrix
/// product for each point and the output transform. Threads take blocks; if there are too few, they divide one block's tiles and points.
template <class T, class S, class Execution>
void correlate_tiles(Execution& run, correlation const& c, tile_transforms<T> const& tiles, pixel_source<T> const& x, S const* packed,
                     epilogue<T> const& end, T* y) {
    std::size_t const count = tiles.count;
    auto const blocks = winograd_cut::of<T, S>(c, tiles.points, count, run.threads());
    std::size_t const block = blocks.block;
    bool const divided = blocks.divided;
    std::size_t const in = whole_vectors<T>(c.in.channels);
    std::size_t const out = whole_vectors<T>(c.out.channels);
    std::size_t const in_plane = winograd_plane<T>(block, c.in.channels);
    std::size_t const out_plane = winograd_plane<T>(block, c.out.channels);
    std::size_t const packed_plane = winograd_weights_plane<T, S>(c);
    std::size_t const block_size = tiles.points * (in_plane + out_plane);
    auto const own = divided ? run.template scratch<T>(thread_own{}, block_size) : run.template thread_scratch<T>(thread_own{}, block_size);
    std::size_t const share = own.size() / run.threads();
    auto const patches = run.template thread_scratch<T>(thread_patches{}, tiles.patch);
    auto const patch = [&](int thread) { return patches.data() + thread * (patches.size() / run.threads()); };

    auto const transform_inputs = [&](std::size_t first, std::size_t begin, std::size_t last, int thread, T* planes) {
        for (std::size_t t = begin; t < last; ++t) tiles.input(tiles.tiles, first + t, x, patch(thread), planes + t * in, in_plane);
    };
    auto const multiply_point = [&](std::size_t e, std::size_t tile_count, T* planes) {
        multiply(static_cast<int>(tile_count), matrix_rows<T>{planes + e * in_plane, in}, packed + e * packed_plane,
                 static_cast<T const*>(nullptr), no_floor<T>, static_cast<int>(out), 1, c.in.channels, 0,
                 planes + tiles.points * in_plane + e * out_plane, static_cast<std::ptrdiff_t>(out));
    };
    auto const transform_outputs = [&](std::size_t first, std::size_t begin, std::size_t last, int thread, T const* planes) {
        T const* const outputs = planes + tiles.points * in_plane;
        for (std::size_t t = begin; t < last; ++t)
            tiles.output(tiles.tiles, first + t, outputs + t * out, out_plane, end, patch(thread), y);
    };

    for (std::size_t first = 0; divided && first < count; first += block) {
        constexpr std::size_t tiles_at_once = 4;
        std::size_t const here = std::min(block, count - first);
        auto const parts = static_cast<std::int64_t>((here + tiles_at_once - 1) / tiles_at_once);
        auto const begin_of = [&](std::int64_t part) { return std::min(here, part * tiles_at_once); };
        run.launch_on_threads(
            parts, [&](std::int64_t part, int thread) { transform_inputs(first, begin_of(part), begin_of(part + 1), thread, own.data()); });
        run.launch(static_cast<std::int64_t>(tiles.points), [&](std::int64_t e) { multiply_point(e, here, own.data()); });
        run.launch_on_threads(parts, [&](std::int64_t part, int thread) {
            transform_outputs(first, begin_of(part), begin_of(part + 1), thread, own.data());
        });
    }
    if (divided) return;
    run.launch_on_threads(static_cast<std::int64_t>((count + block - 1) / block), [&](std::int64_t item, int thread) {
        std::size_t const first = item * block;
        std::size_t const here = std::min(block, count - first);
        T* const planes = own.data() + thread * share;
        transform_inputs(first, 0, here, thread, planes);
        for (std::size_t e = 0; e < tiles.points; ++e) multiply_point(e, here, planes);
        transform_outputs(first, 0, here, thread, planes);
    });
}

/// The same on tiles of Outputs x Outputs pixels.
template <int Outputs, class T, class S, class Execution>
void correlate_by_winograd(Execution& run, correlation const& c, std::size_t batch, pixel_source<T> const& x, S const* packed,
                           epilogue<T> const& end, T* y) {
    winograd_tiles<Outputs> const tiles{c};
    correlate_tiles(run, c, tile_transforms<T>(tiles, batch), x, packed, end, y);
}

/// The gradient by the input, from weights as they are stored.
template <int Outputs, class T, class Execution>
void input_gradient_by_winograd(Execution& run, correlation const& c, std::size_t batch, pixel_source<T> const& dy, T const* weights,
                                T* dx) {
    auto const packed = run.template scratch<T>(packed_weights{}, winograd_weights_size<Outputs, T>(c));
    transform_weights<Outputs>(run, c, true, weights, packed.data());
    correlate_by_winograd<Outputs>(run, c, batch, dy, static_cast<T const*>(packed.data()), epilogue<T>{}, dx);
}

} // namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS
