// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/convolution/direct/band_cut.hpp>
#include <mcfa/backend/eigen/convolution/direct/correlation.hpp>
#include <mcfa/backend/eigen/convolution/micro/weight_packing.hpp>
#include <mcfa/backend/eigen/int8/maxima.hpp>
#include <mcfa/backend/eigen/int8/quad_kernel.hpp>
#include <mcfa/backend/eigen/int8/quad_tiles.hpp>
#include <mcfa/backend/eigen/tiles/engine.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>
#include <mcfa/op/convolution.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

// Convolutions in 8 bits as they are defined, as matrix products that unroll nothing in memory, as in convolution/direct/forward.hpp. The values under a
// row of the window lie one after another, kernel * channels of them, and are taken four at a time; beyond them weights are zero.
namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {

/// Fours of values under a row of the window.
inline int window_quads(correlation const& c) { return (c.kernel * c.in.channels + 3) / 4; }

/// Rows first .. first + rows - 1 of the grid from one sample, `zero` where there is none.
inline void lay_byte_rows(correlation const& c, std::uint8_t const* x, std::uint8_t zero, int first, int rows, std::uint8_t* grid) {
    int const channels = c.in.channels, width = c.grid_width();
    int const begin = std::clamp(c.before, 0, width), end = std::clamp(c.before + c.in.width, begin, width);
    std::size_t const line = static_cast<std::size_t>(width) * channels;
    for (int r = 0; r < rows; ++r, grid += line) {
        int const y = first + r - c.before;
        if (y < 0 || y >= c.in.height) {
            std::fill_n(grid, line, zero);
            continue;
        }
        std::uint8_t const* const from = x + (static_cast<std::size_t>(y) * c.in.width + (begin - c.before)) * channels;
        std::uint8_t* to = std::fill_n(grid, begin * channels, zero);
        to = std::copy_n(from, (end - begin) * channels, to);
        std::fill_n(to, (width - end) * channels, zero);
    }
}

/// y = the unit of x with packed weights. Tiles: a policy for them, or none.
template <class Tiles = without_tiles, class Out, class Execution>
void correlate_quads(Execution& run, correlation const& c, std::size_t batch, std::uint8_t const* x, std::uint8_t zero, int8 const* packed,
                     quad_end<Out> const& finish, bool pooled, Out* y) {
    bool const plain = c.plain() && c.kernel * c.in.channels % 4 == 0; // else the last four of a sample would be read beyond its end
    int const inputs = c.in.channels, outputs = c.out.channels;
    std::ptrdiff_t const line = static_cast<std::ptrdiff_t>(plain ? c.in.width : c.grid_width()) * inputs;
    auto const cut = band_cut::of(c, pooled, batch, run.threads(), static_cast<int>(line), quad_columns, 131072);
    std::size_t const grid_size = plain ? 0 : (((cut.rows - 1) * c.stride + c.kernel) * line + 3 + 63) / 64 * 64;
    std::size_t const sums_size = pooled ? static_cast<std::size_t>(cut.rows) * c.out.width * outputs * sizeof(Out) : 0;
    std::size_t tiles_size = 0;
    if constexpr (tile_engine<Tiles>) tiles_size = tile_cut::of(cut.rows, c.out.width, c.kernel, window_quads(c), true).scratch_bytes();
    auto const own = run.template thread_scratch<std::uint8_t>(thread_own{}, tiles_size + grid_size + sums_size);
    std::size_t const share = own.size() / run.threads();
    shape const small{outputs, c.out.height / 2, c.out.width / 2};
    int const height = pooled ? small.height * 2 : c.out.height;
    run.launch_on_threads(static_cast<std::int64_t>(batch) * cut.bands * cut.splits, [&](std::int64_t item, int thread) {
        int const split = static_cast<int>(item % cut.splits);
        std::size_t const sample = item / cut.splits / cut.bands;
        int const first = static_cast<int>(item / cut.splits % cut.bands) * cut.rows;
        int const rows = std::min(cut.rows, height - first);
        if (rows <= 0) return;
        std::uint8_t* const tiles = own.data() + thread * share;
        std::uint8_t* const scratch = tiles + tiles_size;
        std::uint8_t const* grid = x + sample * c.in.size();
        if (plain) {
            grid += first * c.stride * line;
        } else {
            lay_byte_rows(c, grid, zero, first * c.stride, (rows - 1) * c.stride + c.kernel, scratch);
            grid = scratch;
        }
        Out* const sums = pooled ? reinterpret_cast<Out*>(scratch + grid_size)
                                 : y + sample * c.out.size() + static_cast<std::size_t>(first) * c.out.width * outputs;
        int const begin = split * cut.columns, last = std::min(outputs, begin + cut.columns);
        window_rows<std::uint8_t> const windows{grid, c.out.width, c.stride * inputs, c.stride * line};
        if constexpr (tile_engine<Tiles>)
            multiply_quads_in_tiles<Tiles>({windows, rows, packed, finish.starts, begin, last, c.kernel, 4 * window_quads(c), line}, finish,
                                           reinterpret_cast<std::byte*>(tiles), sums, outputs);
        else multiply_quads(rows * c.out.width, windows, packed, finish, begin, last, c.kernel, window_quads(c), line, sums, outputs);
        if (!pooled) return;
        for (int row = 0; row < rows / 2; ++row)
            for (int column = 0; column < small.width; ++column) {
                Out const* const quad = sums + (static_cast<std::size_t>(2 * row) * c.out.width + 2 * column) * outputs;
                std::size_t const at = sample * small.size() + (static_cast<std::size_t>(first / 2 + row) * small.width + column) * outputs;
                maxima_of_four(last - begin, quad + begin, outputs, static_cast<std::size_t>(c.out.width) * outputs, y + at + begin);
            }
    });
}

} // namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS
