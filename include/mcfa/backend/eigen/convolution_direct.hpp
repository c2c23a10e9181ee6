#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <mcfa/backend/eigen/correlation.hpp>
#include <mcfa/backend/eigen/micro_kernel.hpp>
#include <mcfa/backend/eigen/weight_packing.hpp>

namespace mcfa::backend::cpu {

/// Values of the grid that a work item lays out: it stays in the second-level cache beside a panel of weights.
inline constexpr int direct_grid_values = 32768;

/// y = correlation of x with packed weights, as one matrix product per band of output rows: for every output pixel and ky the
/// values under the window's row ky, (kx, channel), lie one after another, so nothing is unrolled in memory.
template <class T, class Execution>
void correlate_directly(Execution& run, correlation const& c, int batch, T const* x, T const* packed, T const* bias, T* y) {
    bool const plain = c.plain();
    int const grid_width = plain ? c.in.width : c.grid_width();
    auto const line = static_cast<std::ptrdiff_t>(grid_width) * c.in.channels;
    int const wanted = std::max(1, (direct_grid_values / static_cast<int>(line) - c.kernel) / c.stride + 1);
    int const bands = (c.out.height + wanted - 1) / wanted;
    int const band = (c.out.height + bands - 1) / bands;
    std::size_t const grid_size = plain ? 0 : static_cast<std::size_t>((band - 1) * c.stride + c.kernel) * static_cast<std::size_t>(line);
    auto const grids = run.template thread_scratch<T>(thread_slot, grid_size);
    std::size_t const share = grids.size() / static_cast<std::size_t>(run.threads());
    run.launch_on_threads(static_cast<std::int64_t>(batch) * bands, [&](std::int64_t item, int thread) {
        auto const sample = static_cast<std::size_t>(item / bands);
        int const first = static_cast<int>(item % bands) * band;
        int const rows = std::min(band, c.out.height - first);
        if (rows <= 0) return;
        T const* grid = x + sample * c.in.size();
        if (plain) {
            grid += first * c.stride * line;
        } else {
            T* const laid = grids.data() + static_cast<std::size_t>(thread) * share;
            lay_grid_rows(c, grid, first * c.stride, (rows - 1) * c.stride + c.kernel, laid);
            grid = laid;
        }
        auto const pixel = [&](int p) { return grid + p / c.out.width * (c.stride * line) + p % c.out.width * (c.stride * c.in.channels); };
        multiply(rows * c.out.width, pixel, packed, bias, c.out.channels, c.kernel, c.kernel * c.in.channels, line,
                 y + sample * c.out.size() + static_cast<std::size_t>(first * c.out.width * c.out.channels), c.out.channels);
    });
}

/// The direct algorithm from unpacked weights; `flipped` as `pack_window` has it.
template <class T, class Execution>
void correlate_directly(Execution& run, correlation const& c, bool flipped, int batch, T const* x, T const* weights, T const* bias, T* y) {
    auto const packed = run.template scratch<T>(packed_weights_slot, packed_size<T>(c.depth(), c.out.channels));
    pack_window(run, c, flipped, weights, packed.data());
    correlate_directly(run, c, batch, x, packed.data(), pack_bias(run, c.out.channels, bias), y);
}

} // namespace mcfa::backend::cpu
