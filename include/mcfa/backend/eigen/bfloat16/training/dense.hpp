// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/bfloat16/dense.hpp>
#include <mcfa/backend/eigen/bfloat16/pair_kernel.hpp>
#include <mcfa/backend/eigen/bfloat16/training/backend.hpp>
#include <mcfa/backend/eigen/bfloat16/training/rounding.hpp>
#include <mcfa/backend/eigen/convolution/bias_gradient.hpp>
#include <mcfa/backend/eigen/products/dense.hpp>
#include <mcfa/backend/eigen/tiles/engine.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>
#include <mcfa/op/dense.hpp>

#include <cstddef>
#include <type_traits>

namespace mcfa {

namespace backend::eigen_engine::inline MCFA_VECTORS {

/// All values, rounded, in scratch memory of that name.
template <class Name>
matrix<bfloat16 const> rounded_copy(eigen::execution& run, Name name, matrix<float const> const& from) {
    auto const to = run.template scratch<bfloat16>(name, from.size());
    launch_chunks(run, from.size(),
                  [&](std::size_t first, std::size_t last) { round_values(last - first, from.data() + first, to.data() + first); });
    return {to.data(), from.extents()};
}

/// c = a b.  a (rows, pairs * 2) rounded, b (depth, columns), depth = pairs * 2 or one less; an item is a block of c.
inline void multiply_rounded(eigen::execution& run, matrix<bfloat16 const> const& a, matrix<float const> const& b, matrix<float> const& c) {
    int const columns = static_cast<int>(b.extent(1)), pairs = static_cast<int>(a.extent(1) / 2);
    std::size_t const height = a.extent(1);
    auto const packed = run.template scratch<bfloat16>(rounded_panels{}, pair_panel_size(height, columns));
    launch_blocks(run, columns, pair_columns, [&](std::size_t first, std::size_t count, int) {
        pack_rows(b.data() + first, b.extent(0), columns, static_cast<int>(count), packed.data() + height * first);
    });
    constexpr std::size_t rows_at_once = 16 * pair_rows;
    launch_blocks(run, a.extent(0), rows_at_once, columns, pair_columns,
                  [&](std::size_t row, std::size_t rows, std::size_t first, std::size_t count, int) {
                      multiply_pairs(static_cast<int>(rows), paired_rows{a[row].data(), height}, packed.data(), nullptr, no_floor<float>,
                                     static_cast<int>(first), static_cast<int>(first + count), 1, pairs, 0, c[row].data(), columns);
                  });
}

} // namespace backend::eigen_engine::inline MCFA_VECTORS

template <>
struct kernel<dense_forward<float>, backend::eigen_in<bf16>> {
    static void run(backend::eigen::execution& run, dense_forward<float> const& p) {
        using namespace backend::eigen_engine;
        struct rounded_weights {}; // scratch memory
        backend::eigen::execution::serial_guard const guard(run, static_cast<double>(p.weights.size() * p.x.extent(0)));
        auto const x = rounded_copy(run, rounded_rows{}, p.x);
        auto const weights = rounded_copy(run, rounded_weights{}, p.weights);
        with_tiles(
            [&]<class Tiles>(std::type_identity<Tiles>) { dense_in_pairs<Tiles>(run, x, weights, p.bias.data(), no_floor<float>, p.y); });
    }
};

template <>
struct kernel<dense_input_gradient<float>, backend::eigen_in<bf16>> {
    static void run(backend::eigen::execution& run, dense_input_gradient<float> const& p) {
        using namespace backend::eigen_engine;
        backend::eigen::execution::serial_guard const guard(run, static_cast<double>(p.weights.size() * p.dy.extent(0)));
        std::size_t const rows = p.dy.extent(0), depth = p.dy.extent(1), even = (depth + 1) / 2 * 2;
        matrix<bfloat16> const dy{run.template scratch<bfloat16>(rounded_rows{}, rows * even).data(), rows, even};
        backend::launch_rows(run, rows, depth, [&](std::size_t first, std::size_t last) {
            for (std::size_t row = first; row < last; ++row) {
                dy(row, even - 1) = bfloat16{};
                round_values(depth, p.dy[row].data(), dy[row].data());
            }
        });
        multiply_rounded(run, dy, p.weights, p.dx);
    }
};

/// The sums over rows of x are the products' depth; dbias is summed in double, of dy as it is.
template <>
struct kernel<dense_weight_gradient<float>, backend::eigen_in<bf16>> {
    static void run(backend::eigen::execution& run, dense_weight_gradient<float> const& p) {
        using namespace backend::eigen_engine;
        std::size_t const rows = p.dy.extent(0), outputs = p.dy.extent(1), pairs = (rows + 1) / 2;
        backend::eigen::execution::serial_guard const guard(run, static_cast<double>(p.dweights.size() * rows));
        bias_gradient(run, rows, static_cast<int>(outputs), p.dy.data(), p.dbias.data());
        matrix<bfloat16> const turned{run.template scratch<bfloat16>(rounded_rows{}, outputs * pairs * 2).data(), outputs, pairs * 2};
        backend::launch_rows(run, pairs, 2 * outputs, [&](std::size_t first, std::size_t last) {
            for (std::size_t pair = first; pair < last; ++pair)
                turn_rows(p.dy[2 * pair].data(), 2 * pair + 1 < rows ? p.dy[2 * pair + 1].data() : nullptr, static_cast<int>(outputs),
                          turned.data() + 2 * pair, pairs * 2);
        });
        multiply_rounded(run, turned, p.x, p.dweights);
    }
};

} // namespace mcfa
