// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/backend.hpp>
#include <mcfa/backend/eigen/int8/quad_end.hpp>
#include <mcfa/backend/eigen/int8/quads.hpp>
#include <mcfa/backend/eigen/tiles/dense.hpp>
#include <mcfa/backend/eigen/tiles/engine.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>
#include <mcfa/core/view.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {

/// Inner products of a few rows of x with a few rows of the weights, both read as they lie: few rows of x read every weight once, and more share
/// them. A row's last values are read from a copy with zeros behind them.
template <int Rows, int Outputs, std::size_t... Sum>
[[gnu::noinline]] void inner_quads(std::index_sequence<Sum...>, std::uint8_t const* const* x, int8 const* const* w, std::size_t depth,
                                   std::int32_t* sums) {
    constexpr std::size_t step = vector_bytes;
    quad_packet sum[Rows * Outputs];
    quad_packet const zero{};
    (std::memcpy(&sum[Sum], &zero, sizeof zero), ...);
    auto const add = [&](std::uint8_t const* const* a, int8 const* const* b, std::size_t k) __attribute__((always_inline)) {
        (add_quads(sum[Sum], byte_quads_of(load_quads(a[Sum / Outputs] + k)), weight_quads_of(load_quads(b[Sum % Outputs] + k))), ...);
    };
    std::size_t const whole = depth / step * step;
    for (std::size_t k = 0; k < whole; k += step) add(x, w, k);
    if (std::size_t const left = depth - whole; left > 0) {
        std::uint8_t x_ends[Rows][step] = {};
        int8 w_ends[Outputs][step] = {};
        std::uint8_t const* a[Rows];
        int8 const* b[Outputs];
        for (int r = 0; r < Rows; ++r) std::copy_n(x[r] + whole, left, x_ends[r]), a[r] = x_ends[r];
        for (int o = 0; o < Outputs; ++o) std::copy_n(w[o] + whole, left, w_ends[o]), b[o] = w_ends[o];
        add(a, b, 0);
    }
    ((sums[Sum] = sum_of_lanes<std::int32_t>(sum[Sum])), ...);
}

/// Products of weights and bytes by tiles.
struct tiled_weight_quads {
    static int panel_width(int left) { return whole_vectors<float>(std::min(2 * lanes<float>, left)); }

    template <int Sum, int A, int B, tile_engine Tiles>
    static void add(Tiles& tiles) {
        tiles.template add_signed_quads<Sum, A, B>();
    }
};

/// y = what `finish` makes of x W'.  x (rows, depth), weights (outputs, depth); an item is a block of outputs. Tiles: a policy for them, or none.
template <class Tiles = without_tiles, class Out>
void dense_in_quads(eigen::execution& run, matrix<std::uint8_t const> const& x, matrix<int8 const> const& weights,
                    quad_end<Out> const& finish, matrix<Out> const& y) {
    constexpr std::size_t outputs = 4, rows_at_once = vector_registers == 32 ? 4 : 2, block = 16;
    std::size_t const depth = x.extent(1), count = weights.extent(0), rows = x.extent(0);
    if constexpr (tile_engine<Tiles>)
        return dense_in_tiles<tiled_weight_quads, Tiles, std::int32_t>(
            run, x, weights, [&](std::size_t o, std::size_t row, int here, std::int32_t const* sums) {
                for (int r = 0; r < here; ++r) y(row + r, o) = finish.of(finish.starts[o] + sums[r], o);
            });
    run.launch(static_cast<std::int64_t>((count + block - 1) / block), [&](std::int64_t item) {
        std::size_t const last = std::min(count, (item + 1) * block);
        for (std::size_t first = item * block; first < last; first += outputs) {
            int8 const* w[outputs];
            for (std::size_t o = 0; o < outputs; ++o) w[o] = weights[std::min(first + o, last - 1)].data();
            for (std::size_t top = 0; top < rows; top += rows_at_once) {
                std::size_t const here = std::min(rows_at_once, rows - top);
                std::uint8_t const* a[rows_at_once];
                for (std::size_t r = 0; r < rows_at_once; ++r) a[r] = x[top + std::min(r, here - 1)].data();
                std::int32_t sums[rows_at_once * outputs];
                if (here == 1) inner_quads<1, outputs>(std::make_index_sequence<outputs>{}, a, w, depth, sums);
                else inner_quads<rows_at_once, outputs>(std::make_index_sequence<rows_at_once * outputs>{}, a, w, depth, sums);
                for (std::size_t r = 0; r < here; ++r)
                    for (std::size_t o = first; o < std::min(first + outputs, last); ++o)
                        y(top + r, o) = finish.of(finish.starts[o] + sums[r * outputs + (o - first)], o);
            }
        }
    });
}

} // namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS
