// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/backend.hpp>
#include <mcfa/backend/eigen/convolution/bias_gradient.hpp>
#include <mcfa/backend/eigen/convolution/micro/stored.hpp>
#include <mcfa/backend/eigen/map.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>
#include <mcfa/op/dense.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace mcfa {

namespace backend::eigen_engine::inline MCFA_VECTORS {

// Fixed block sizes of work items, so that results do not depend on the number of threads.

/// Rows of the weights in an item: enough to amortise Eigen's packing of the other operand, which every item repeats.
inline constexpr std::size_t product_rows = 128;
/// Columns of the weights in an item.
inline constexpr std::size_t product_columns = 512;
/// Rows of x or dy in an item: more than a batch of a dense layer has, few of the pixels of a convolution with a window of one.
inline constexpr std::size_t product_samples = 512;
/// Rows of x and dy summed in one item; also the largest number of such sums.
inline constexpr std::size_t product_depth = 2048;
inline constexpr std::size_t most_product_sums = 16;

struct widened_weights {}; // scratch memory, each thread: a block of weights as scalars
struct product_sums {};    // scratch memory: gradients of the weights, before they are summed

/// body(first, count, thread) on blocks of 0 .. size - 1.
template <class Body>
void launch_blocks(eigen::execution& run, std::size_t size, std::size_t block, Body const& body) {
    run.launch_on_threads(static_cast<std::int64_t>((size + block - 1) / block), [&](std::int64_t item, int thread) {
        std::size_t const first = item * block;
        body(first, std::min(block, size - first), thread);
    });
}
/// body(first row, rows, first column, columns, thread) on blocks of a matrix.
template <class Body>
void launch_blocks(eigen::execution& run, std::size_t rows, std::size_t row_block, std::size_t columns, std::size_t column_block,
                   Body const& body) {
    std::size_t const across = (columns + column_block - 1) / column_block;
    run.launch_on_threads(static_cast<std::int64_t>((rows + row_block - 1) / row_block * across), [&](std::int64_t item, int thread) {
        std::size_t const row = item / across * row_block, column = item % across * column_block;
        body(row, std::min(row_block, rows - row), column, std::min(column_block, columns - column), thread);
    });
}

/// Columns of an Eigen matrix.
template <class Matrix>
auto columns_of(Matrix&& m, std::size_t first, std::size_t count) {
    return m.middleCols(static_cast<Eigen::Index>(first), static_cast<Eigen::Index>(count));
}

} // namespace backend::eigen_engine::inline MCFA_VECTORS

/// y = x W' + bias; an item is a block of y.
template <class T, class Stored>
    requires backend::eigen_engine::storable<T, Stored>
struct kernel<dense_forward<T, Stored>, backend::eigen> {
    static void run(backend::eigen::execution& run, dense_forward<T, Stored> const& p) {
        using namespace backend::eigen_engine;
        backend::eigen::execution::serial_guard const guard(run, static_cast<double>(p.weights.size() * p.x.extent(0)));
        constexpr bool widens = !std::is_same_v<T, Stored>;
        constexpr std::size_t block = widens ? product_rows / 8 : product_rows;
        std::size_t const depth = p.x.extent(1);
        auto const widened = run.template thread_scratch<T>(widened_weights{}, widens ? block * depth : 0);
        auto const body = [&](std::size_t row, std::size_t rows, std::size_t first, std::size_t count, int thread) {
            auto const all = p.y.part(row, rows);
            auto y = columns_of(map(all), first, count);
            auto const x = map(p.x.part(row, rows));
            if constexpr (widens) {
                matrix<T> const weights{widened.data() + widened.size() / run.threads() * thread, count, depth};
                widen(p.weights.part(first, count).flat(), weights.flat());
                y.noalias() = x * map(weights).transpose();
            } else {
                y.noalias() = x * map(p.weights.part(first, count)).transpose();
            }
            if (!p.bias.empty()) y.rowwise() += map(p.bias.part(first, count));
        };
        launch_blocks(run, p.y.extent(0), product_samples, p.y.extent(1), block, body);
    }
};

/// dx = dy W; an item is a block of dx.
template <class T>
struct kernel<dense_input_gradient<T>, backend::eigen> {
    static void run(backend::eigen::execution& run, dense_input_gradient<T> const& p) {
        using namespace backend::eigen_engine;
        backend::eigen::execution::serial_guard const guard(run, static_cast<double>(p.weights.size() * p.dy.extent(0)));
        launch_blocks(run, p.dx.extent(0), product_samples, p.dx.extent(1), product_columns,
                      [&](std::size_t row, std::size_t rows, std::size_t first, std::size_t count, int) {
                          columns_of(map(p.dx.part(row, rows)), first, count).noalias() =
                              map(p.dy.part(row, rows)) * columns_of(map(p.weights), first, count);
                      });
    }
};

/// dW = dy' x; an item is a block of rows of the weights; many rows of x are cut into pieces with a sum each; dbias = column sums of dy, in
/// double.
template <class T>
struct kernel<dense_weight_gradient<T>, backend::eigen> {
    static void run(backend::eigen::execution& run, dense_weight_gradient<T> const& p) {
        using namespace backend::eigen_engine;
        std::size_t const depth = p.x.extent(0), size = p.dweights.size();
        backend::eigen::execution::serial_guard const guard(run, static_cast<double>(size * depth));
        bias_gradient(run, depth, static_cast<int>(p.dy.extent(1)), p.dy.data(), p.dbias.data());
        std::size_t const wanted = std::clamp<std::size_t>(depth / product_depth, 1, most_product_sums);
        std::size_t const piece = (depth + wanted - 1) / wanted, sums = (depth + piece - 1) / piece;
        view<T, 3> const partial{sums > 1 ? run.template scratch<T>(product_sums{}, sums * size).data() : p.dweights.data(), sums,
                                 p.dweights.extent(0), p.dweights.extent(1)};
        launch_blocks(run, depth, piece, p.dweights.extent(0), product_rows,
                      [&](std::size_t row, std::size_t rows, std::size_t first, std::size_t count, int) {
                          map(partial[row / piece].part(first, count)).noalias() =
                              columns_of(map(p.dy.part(row, rows)), first, count).transpose() * map(p.x.part(row, rows));
                      });
        if (sums == 1) return;
        launch_blocks(run, p.dweights.extent(0), product_rows, [&](std::size_t first, std::size_t count, int) {
            auto total = map(p.dweights.part(first, count));
            total = map(partial[0].part(first, count));
            for (std::size_t s = 1; s < sums; ++s) total += map(partial[s].part(first, count));
        });
    }
};

} // namespace mcfa
