// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/bfloat16/maxima.hpp>
#include <mcfa/backend/eigen/bfloat16/pair_kernel.hpp>
#include <mcfa/backend/eigen/bfloat16/pair_tiles.hpp>
#include <mcfa/backend/eigen/convolution/direct/band_cut.hpp>
#include <mcfa/backend/eigen/convolution/direct/correlation.hpp>
#include <mcfa/backend/eigen/convolution/micro/weight_packing.hpp>
#include <mcfa/backend/eigen/tiles/engine.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>
#include <mcfa/op/convolution.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

// Convolutions in bfloat16 as they are defined, as matrix products that unroll nothing in memory, as in convolution/direct/forward.hpp.
namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {

/// Channels of an input as the engine reads it: pairs, so an odd number gets a channel of zeros.
inline int paired(int channels) { return (channels + 1) / 2 * 2; }

/// What follows a convolution's sums.
struct narrow_end {
    float const* bias = nullptr; ///< whole vectors, or null for zero
    bool rectified = false;
    bool pooled = false; ///< 2x2 maximum, stride 2

    float floor() const { return rectified ? 0.0f : no_floor<float>; }
};

/// Packs the window's weights for `multiply_pairs`: within a panel (ky, kx, pair of input channels, output channel, 2). `flipped` as for `pack_window`.
template <class Execution>
void pack_window_in_pairs(Execution& run, correlation const& c, bool flipped, float const* weights, bfloat16* packed) {
    int const area = c.kernel * c.kernel, inputs = paired(c.in.channels);
    std::size_t const height = static_cast<std::size_t>(area) * inputs;
    run.launch((c.out.channels + pair_columns - 1) / pair_columns, [&](std::int64_t index) {
        int const first = static_cast<int>(index) * pair_columns;
        int const columns = std::min(pair_columns, c.out.channels - first), width = whole_vectors<float>(columns);
        view<bfloat16, 4> const panel{packed + height * first, area, inputs / 2, width, 2};
        for (int k = 0; k < area; ++k)
            for (int i = 0; i < inputs; ++i)
                for (int j = 0; j < width; ++j) {
                    bool const exists = i < c.in.channels && j < columns;
                    std::size_t const o = first + j,
                                      window = flipped ? i * static_cast<std::size_t>(c.out.channels) + o : o * c.in.channels + i;
                    panel(k, i / 2, j, i % 2) = bfloat16(exists ? weights[window * area + (flipped ? area - 1 - k : k)] : 0.0f);
                }
    });
}

/// Rows first .. first + rows - 1 of the grid, with its zeros, from one sample, `channels` of them even.
inline void lay_paired_rows(correlation const& c, bfloat16 const* x, int first, int rows, bfloat16* grid) {
    int const given = c.in.channels, channels = paired(given), width = c.grid_width();
    std::size_t const line = static_cast<std::size_t>(width) * channels;
    int const begin = std::clamp(c.before, 0, width), end = std::clamp(c.before + c.in.width, begin, width);
    for (int r = 0; r < rows; ++r, grid += line) {
        int const y = first + r - c.before;
        if (y < 0 || y >= c.in.height) {
            std::fill_n(grid, line, bfloat16{});
            continue;
        }
        bfloat16 const* from = x + (static_cast<std::size_t>(y) * c.in.width + (begin - c.before)) * given;
        std::fill_n(grid, begin * channels, bfloat16{});
        bfloat16* to = grid + begin * channels;
        if (channels == given) to = std::copy_n(from, (end - begin) * given, to);
        else
            for (int i = begin; i < end; ++i, from += given) {
                to = std::copy_n(from, given, to);
                *to++ = bfloat16{};
            }
        std::fill_n(to, (width - end) * channels, bfloat16{});
    }
}

/// y = the unit of x with packed weights. Tiles: a policy for them, or none.
template <class Tiles = without_tiles, class Execution>
void correlate_pairs(Execution& run, correlation const& c, std::size_t batch, bfloat16 const* x, bfloat16 const* packed,
                     narrow_end const& end, bfloat16* y) {
    bool const plain = c.plain() && c.in.channels % 2 == 0;
    int const inputs = paired(c.in.channels), outputs = c.out.channels;
    std::ptrdiff_t const line = static_cast<std::ptrdiff_t>(plain ? c.in.width : c.grid_width()) * inputs;
    auto const cut = band_cut::of(c, end.pooled, batch, run.threads(), c.grid_width() * inputs, pair_columns, 65536);
    std::size_t const grid_size = plain ? 0 : ((cut.rows - 1) * c.stride + c.kernel) * line;
    std::size_t const sums_size = end.pooled ? static_cast<std::size_t>(cut.rows) * c.out.width * outputs : 0;
    std::size_t tiles_size = 0;
    if constexpr (tile_engine<Tiles>)
        tiles_size = tile_cut::of(cut.rows, c.out.width, c.kernel, c.kernel * inputs / 2, true).scratch_bytes() / sizeof(bfloat16);
    auto const own = run.template thread_scratch<bfloat16>(thread_own{}, tiles_size + grid_size + sums_size);
    std::size_t const share = own.size() / run.threads();
    shape const small{outputs, c.out.height / 2, c.out.width / 2};
    int const height = end.pooled ? small.height * 2 : c.out.height;
    run.launch_on_threads(static_cast<std::int64_t>(batch) * cut.bands * cut.splits, [&](std::int64_t item, int thread) {
        int const split = static_cast<int>(item % cut.splits);
        std::size_t const sample = item / cut.splits / cut.bands;
        int const first = static_cast<int>(item / cut.splits % cut.bands) * cut.rows;
        int const rows = std::min(cut.rows, height - first);
        if (rows <= 0) return;
        bfloat16* const tiles = own.data() + thread * share;
        bfloat16* const scratch = tiles + tiles_size;
        bfloat16 const* grid = x + sample * c.in.size();
        if (plain) {
            grid += first * c.stride * line;
        } else {
            lay_paired_rows(c, grid, first * c.stride, (rows - 1) * c.stride + c.kernel, scratch);
            grid = scratch;
        }
        bfloat16* const sums =
            end.pooled ? scratch + grid_size : y + sample * c.out.size() + static_cast<std::size_t>(first) * c.out.width * outputs;
        int const begin = split * cut.columns, last = std::min(outputs, begin + cut.columns);
        window_rows<bfloat16> const windows{grid, c.out.width, c.stride * inputs, c.stride * line};
        if constexpr (tile_engine<Tiles>)
            multiply_pairs_in_tiles<Tiles>({windows, rows, packed, end.bias, begin, last, c.kernel, c.kernel * inputs, line}, end.floor(),
                                           reinterpret_cast<std::byte*>(tiles), sums, outputs);
        else
            multiply_pairs(rows * c.out.width, windows, packed, end.bias, end.floor(), begin, last, c.kernel, c.kernel * inputs / 2, line,
                           sums, outputs);
        if (!end.pooled) return;
        for (int row = 0; row < rows / 2; ++row)
            for (int column = 0; column < small.width; ++column) {
                bfloat16 const* const quad = sums + (static_cast<std::size_t>(2 * row) * c.out.width + 2 * column) * outputs;
                std::size_t const at = sample * small.size() + (static_cast<std::size_t>(first / 2 + row) * small.width + column) * outputs;
                maxima_of_quads(last - begin, quad + begin, outputs, static_cast<std::size_t>(c.out.width) * outputs, y + at + begin);
            }
    });
}

} // namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS
