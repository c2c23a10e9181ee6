// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/backend.hpp>
#include <mcfa/backend/eigen/bfloat16/pair_tiles.hpp>
#include <mcfa/backend/eigen/bfloat16/pairs.hpp>
#include <mcfa/backend/eigen/convolution/micro/micro_kernel.hpp>
#include <mcfa/backend/eigen/products/dense.hpp>
#include <mcfa/backend/eigen/tiles/dense.hpp>
#include <mcfa/backend/eigen/tiles/engine.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>
#include <mcfa/op/dense.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <type_traits>
#include <utility>

namespace mcfa {

namespace backend::eigen_engine::inline MCFA_VECTORS {

/// Inner products of a few rows of x with a few rows of the weights, both read as they lie: few rows of x read every weight once, and more share
/// them. A row's last values are read from a copy with zeros behind them.
template <int Rows, int Outputs, std::size_t... Sum>
[[gnu::noinline]] void inner_products(std::index_sequence<Sum...>, bfloat16 const* const* x, bfloat16 const* const* w, std::size_t depth,
                                      float* sums) {
    constexpr std::size_t step = 2 * lanes<float>;
    packet<float> sum[Rows * Outputs];
    packet<float> const zero{};
    (std::memcpy(&sum[Sum], &zero, sizeof zero), ...);
    auto const add = [&](bfloat16 const* const* a, bfloat16 const* const* b, std::size_t k) __attribute__((always_inline)) {
        (add_pairs(sum[Sum], load_pairs(a[Sum / Outputs] + k), load_pairs(b[Sum % Outputs] + k)), ...);
    };
    std::size_t const whole = depth / step * step;
    for (std::size_t k = 0; k < whole; k += step) add(x, w, k);
    if (std::size_t const left = depth - whole; left > 0) {
        bfloat16 ends[Rows + Outputs][step] = {};
        bfloat16 const *a[Rows], *b[Outputs];
        for (int r = 0; r < Rows; ++r) std::copy_n(x[r] + whole, left, ends[r]), a[r] = ends[r];
        for (int o = 0; o < Outputs; ++o) std::copy_n(w[o] + whole, left, ends[Rows + o]), b[o] = ends[Rows + o];
        add(a, b, 0);
    }
    ((sums[Sum] = sum_of_lanes<float>(sum[Sum])), ...);
}

/// y = max(floor, x W' + bias).  x (rows, depth), weights (outputs, depth), bias (outputs) or null; an item is a block of y. Tiles: a policy for
/// them, or none.
template <class Tiles = without_tiles, class Out>
void dense_in_pairs(eigen::execution& run, matrix<bfloat16 const> const& x, matrix<bfloat16 const> const& weights, float const* bias,
                    float floor, matrix<Out> const& y) {
    constexpr std::size_t outputs = 4, rows_at_once = 4, block = 16;
    std::size_t const depth = x.extent(1);
    auto const finish = [&](float sum, std::size_t row, std::size_t output) {
        sum += bias ? bias[output] : 0.0f;
        y(row, output) = Out(sum < floor ? floor : sum);
    };
    if constexpr (tile_engine<Tiles>)
        return dense_in_tiles<tiled_pairs, Tiles, float>(run, x, weights, [&](std::size_t o, std::size_t row, int here, float const* sums) {
            for (int r = 0; r < here; ++r) finish(sums[r], row + r, o);
        });
    launch_blocks(run, x.extent(0), product_samples, weights.extent(0), block,
                  [&](std::size_t top_row, std::size_t rows, std::size_t begin, std::size_t count, int) {
                      std::size_t const last = begin + count, bottom = top_row + rows;
                      for (std::size_t first = begin; first < last; first += outputs) {
                          bfloat16 const* w[outputs];
                          for (std::size_t o = 0; o < outputs; ++o) w[o] = weights[std::min(first + o, last - 1)].data();
                          for (std::size_t top = top_row; top < bottom; top += rows_at_once) {
                              std::size_t const here = std::min(rows_at_once, bottom - top);
                              bfloat16 const* a[rows_at_once];
                              for (std::size_t r = 0; r < rows_at_once; ++r) a[r] = x[top + std::min(r, here - 1)].data();
                              float sums[rows_at_once * outputs];
                              if (here == 1) inner_products<1, outputs>(std::make_index_sequence<outputs>{}, a, w, depth, sums);
                              else
                                  inner_products<rows_at_once, outputs>(std::make_index_sequence<rows_at_once * outputs>{}, a, w, depth,
                                                                        sums);
                              for (std::size_t r = 0; r < here; ++r)
                                  for (std::size_t o = first; o < std::min(first + outputs, last); ++o)
                                      finish(sums[r * outputs + (o - first)], top + r, o);
                          }
                      }
                  });
}

} // namespace backend::eigen_engine::inline MCFA_VECTORS

template <>
struct kernel<dense_forward<bfloat16, bfloat16>, backend::eigen> {
    static void run(backend::eigen::execution& run, dense_forward<bfloat16, bfloat16> const& p) {
        using namespace backend::eigen_engine;
        backend::eigen::execution::serial_guard const guard(run, static_cast<double>(p.weights.size() * p.x.extent(0)));
        with_tiles([&]<class Tiles>(std::type_identity<Tiles>) {
            dense_in_pairs<Tiles>(run, p.x, p.weights, p.bias.data(), no_floor<float>, p.y);
        });
    }
};

} // namespace mcfa
