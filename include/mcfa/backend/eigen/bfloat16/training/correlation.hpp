// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/arithmetic/pooling.hpp>
#include <mcfa/backend/eigen/bfloat16/direct.hpp>
#include <mcfa/backend/eigen/bfloat16/pair_kernel.hpp>
#include <mcfa/backend/eigen/bfloat16/pair_tiles.hpp>
#include <mcfa/backend/eigen/bfloat16/training/rounding.hpp>
#include <mcfa/backend/eigen/convolution/direct/band_cut.hpp>
#include <mcfa/backend/eigen/convolution/direct/correlation.hpp>
#include <mcfa/backend/eigen/convolution/direct/pixel_source.hpp>
#include <mcfa/backend/eigen/convolution/micro/epilogue.hpp>
#include <mcfa/backend/eigen/convolution/micro/weight_packing.hpp>
#include <mcfa/backend/eigen/tiles/engine.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

// As bfloat16/direct.hpp, of activations and gradients in float that are rounded as they are laid out.
namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {

/// Rows first .. first + rows - 1 of the grid, with its zeros, from sample n of x, in pairs of channels. `row` has room for one of x.
inline void lay_rounded_rows(correlation const& c, pixel_source<float> const& x, std::size_t n, int first, int rows, float* row,
                             bfloat16* grid) {
    int const channels = c.in.channels, inputs = paired(channels), width = c.grid_width(), step = c.input_dilation;
    std::size_t const line = static_cast<std::size_t>(width) * inputs;
    // Pixels of a row that the grid has.
    int const begin = c.before < 0 ? (step - 1 - c.before) / step : 0;
    int const end = std::min(c.in.width, (width - c.before + step - 1) / step);
    for (int r = 0; r < rows; ++r, grid += line) {
        int const y = first + r - c.before;
        if (y < 0 || y % step != 0 || y / step >= c.in.height || begin >= end) {
            std::fill_n(grid, line, bfloat16{});
            continue;
        }
        float const* from = row;
        if (x.plain()) from = x.sample(n) + (static_cast<std::size_t>(y / step) * c.in.width + begin) * channels;
        else x.read(n, y / step, begin, end - begin, row);
        bfloat16* to = grid + static_cast<std::ptrdiff_t>(c.before + begin * step) * inputs;
        if (step == 1) {
            std::fill(grid, to, bfloat16{});
            std::fill(to + static_cast<std::ptrdiff_t>(end - begin) * inputs, grid + line, bfloat16{});
        } else {
            std::fill_n(grid, line, bfloat16{});
        }
        if (step == 1 && channels == inputs) {
            round_values(static_cast<std::size_t>(end - begin) * channels, from, to);
            continue;
        }
        for (int pixel = begin; pixel < end; ++pixel, from += channels, to += static_cast<std::ptrdiff_t>(step) * inputs) {
            to[inputs - 1] = bfloat16{};
            round_values(channels, from, to);
        }
    }
}

/// y = the unit of x with packed weights. Tiles: a policy for them, or none.
template <class Tiles = without_tiles, class Execution>
void correlate_rounded(Execution& run, correlation const& c, std::size_t batch, pixel_source<float> const& x, bfloat16 const* packed,
                       epilogue<float> const& end, float* y) {
    int const inputs = paired(c.in.channels), outputs = c.out.channels;
    std::ptrdiff_t const line = static_cast<std::ptrdiff_t>(c.grid_width()) * inputs;
    auto const cut = band_cut::of(c, end.pooled, batch, run.threads(), static_cast<int>(line), pair_columns, 65536);
    std::size_t const row_size = x.plain() ? 0 : static_cast<std::size_t>(c.in.width) * c.in.channels;
    std::size_t const sums_size = end.pooled ? static_cast<std::size_t>(cut.rows) * c.out.width * outputs : 0;
    std::size_t tiles_size = 0;
    if constexpr (tile_engine<Tiles>)
        tiles_size = tile_cut::of(cut.rows, c.out.width, c.kernel, c.kernel * inputs / 2, true).scratch_bytes() / sizeof(bfloat16);
    auto const own = run.template thread_scratch<bfloat16>(thread_own{}, tiles_size + ((cut.rows - 1) * c.stride + c.kernel) * line);
    auto const floats = run.template thread_scratch<float>(thread_patches{}, row_size + sums_size);
    shape const small{outputs, c.out.height / 2, c.out.width / 2};
    int const height = end.pooled ? small.height * 2 : c.out.height;
    float const floor = end.rectified ? 0.0f : no_floor<float>;
    run.launch_on_threads(static_cast<std::int64_t>(batch) * cut.bands * cut.splits, [&](std::int64_t item, int thread) {
        int const split = static_cast<int>(item % cut.splits);
        std::size_t const sample = item / cut.splits / cut.bands;
        int const first = static_cast<int>(item / cut.splits % cut.bands) * cut.rows;
        int const rows = std::min(cut.rows, height - first);
        if (rows <= 0) return;
        bfloat16* const tiles = own.data() + thread * (own.size() / run.threads());
        bfloat16* const grid = tiles + tiles_size;
        float* const row = floats.data() + thread * (floats.size() / run.threads());
        lay_rounded_rows(c, x, sample, first * c.stride, (rows - 1) * c.stride + c.kernel, row, grid);
        std::size_t const out_line = static_cast<std::size_t>(c.out.width) * outputs;
        float* const sums = end.pooled ? row + row_size : y + sample * c.out.size() + first * out_line;
        int const begin = split * cut.columns, last = std::min(outputs, begin + cut.columns);
        window_rows<bfloat16> const windows{grid, c.out.width, c.stride * inputs, c.stride * line};
        if constexpr (tile_engine<Tiles>)
            multiply_pairs_in_tiles<Tiles>({windows, rows, packed, end.bias, begin, last, c.kernel, c.kernel * inputs, line}, floor,
                                           reinterpret_cast<std::byte*>(tiles), sums, outputs);
        else
            multiply_pairs(rows * c.out.width, windows, packed, end.bias, floor, begin, last, c.kernel, c.kernel * inputs / 2, line, sums,
                           outputs);
        for (int pair = 0; end.pooled && pair < rows / 2; ++pair)
            for (int column = 0; column < small.width; ++column) {
                float const* const quad = sums + 2 * pair * out_line + static_cast<std::size_t>(2 * column) * outputs;
                std::size_t const at =
                    sample * small.size() + (static_cast<std::size_t>(first / 2 + pair) * small.width + column) * outputs + begin;
                arithmetic::max_pool_2x2(last - begin, out_line, outputs, quad + begin, end.rectified, y + at,
                                         end.argmax ? end.argmax + at : nullptr);
            }
    });
}

} // namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS
