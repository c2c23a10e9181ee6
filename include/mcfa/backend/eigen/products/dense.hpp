// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/backend.hpp>
#include <mcfa/backend/eigen/convolution/bias_gradient.hpp>
#include <mcfa/backend/eigen/convolution/micro/stored.hpp>
#include <mcfa/backend/eigen/map.hpp>
#include <mcfa/op/dense.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace mcfa {

namespace backend::eigen_engine {

struct widened_weights {}; // scratch memory, each thread: a block of weights as scalars

/// Rows of the weights in a work item. Fixed, so that results do not depend on the number of threads; so many that Eigen's packing of the
/// other operand, which every item does anew, costs little.
inline constexpr std::size_t product_rows = 128;
/// Columns of the weights in a work item.
inline constexpr std::size_t product_columns = 512;

/// body(first, count, thread) on blocks of 0 .. size - 1.
template <class Body>
void launch_blocks(eigen::execution& run, std::size_t size, std::size_t block, Body const& body) {
    run.launch_on_threads(static_cast<std::int64_t>((size + block - 1) / block), [&](std::int64_t item, int thread) {
        std::size_t const first = static_cast<std::size_t>(item) * block;
        body(first, std::min(block, size - first), thread);
    });
}

} // namespace backend::eigen_engine

/// y = x W' + bias, a block of output values an item.
template <class T, class Stored>
struct kernel<dense_forward<T, Stored>, backend::eigen> {
    static void run(backend::eigen::execution& run, dense_forward<T, Stored> const& p) {
        using namespace backend::eigen_engine;
        backend::eigen::execution::serial_guard const guard(run, static_cast<double>(p.weights.size() * p.x.extent(0)));
        constexpr std::size_t block = std::is_same_v<T, Stored> ? product_rows : product_rows / 8;
        std::size_t const depth = p.x.extent(1);
        auto const widened = run.template thread_scratch<T>(widened_weights{}, std::is_same_v<T, Stored> ? 0 : block * depth);
        launch_blocks(run, p.y.extent(1), block, [&](std::size_t first, std::size_t count, int thread) {
            auto y = map(p.y).middleCols(static_cast<Eigen::Index>(first), static_cast<Eigen::Index>(count));
            if constexpr (std::is_same_v<T, Stored>) {
                y.noalias() = map(p.x) * map(p.weights.part(first, count)).transpose();
            } else {
                matrix<T> const weights{widened.data() + static_cast<std::size_t>(thread) * (widened.size() / std::size_t(run.threads())),
                                        count, depth};
                widen(p.weights.part(first, count).flat(), weights.flat());
                y.noalias() = map(p.x) * map(weights).transpose();
            }
            if (!p.bias.empty()) y.rowwise() += map(p.bias.part(first, count));
        });
    }
};

/// dx = dy W, a block of input values an item.
template <class T>
struct kernel<dense_input_gradient<T>, backend::eigen> {
    static void run(backend::eigen::execution& run, dense_input_gradient<T> const& p) {
        using namespace backend::eigen_engine;
        backend::eigen::execution::serial_guard const guard(run, static_cast<double>(p.weights.size() * p.dy.extent(0)));
        launch_blocks(run, p.dx.extent(1), product_columns, [&](std::size_t first, std::size_t count, int) {
            auto const at = static_cast<Eigen::Index>(first), columns = static_cast<Eigen::Index>(count);
            map(p.dx).middleCols(at, columns).noalias() = map(p.dy) * map(p.weights).middleCols(at, columns);
        });
    }
};

/// dW = dy' x, a block of rows of the weights an item;  dbias = column sums of dy, in double.
template <class T>
struct kernel<dense_weight_gradient<T>, backend::eigen> {
    static void run(backend::eigen::execution& run, dense_weight_gradient<T> const& p) {
        using namespace backend::eigen_engine;
        backend::eigen::execution::serial_guard const guard(run, static_cast<double>(p.dweights.size() * p.x.extent(0)));
        bias_gradient(run, p.dy.extent(0), static_cast<int>(p.dy.extent(1)), p.dy.data(), p.dbias.data());
        launch_blocks(run, p.dweights.extent(0), product_rows, [&](std::size_t first, std::size_t count, int) {
            auto const at = static_cast<Eigen::Index>(first), rows = static_cast<Eigen::Index>(count);
            map(p.dweights.part(first, count)).noalias() = map(p.dy).middleCols(at, rows).transpose() * map(p.x);
        });
    }
};

} // namespace mcfa
