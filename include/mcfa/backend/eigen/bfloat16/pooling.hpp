// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/arithmetic/pooling.hpp>
#include <mcfa/backend/eigen/backend.hpp>
#include <mcfa/backend/eigen/bfloat16/maxima.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>
#include <mcfa/op/pooling.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace mcfa {

/// Maxima, or means of sums in float; an item is a row of output pixels.
template <>
struct kernel<pooling_forward<bfloat16>, backend::eigen> {
    static void run(backend::eigen::execution& run, pooling_forward<bfloat16> const& p) {
        run.launch(static_cast<std::int64_t>(p.y.extent(0) * p.y.extent(1)), [&](std::int64_t item) {
            auto const sample = static_cast<std::size_t>(item) / p.y.extent(1), line = static_cast<std::size_t>(item) % p.y.extent(1);
            for (std::size_t column = 0; column < p.y.extent(2); ++column)
                pool({p.op, static_cast<int>(line), static_cast<int>(column)}, p.op, p.x[sample].data(), &p.y(sample, line, column, 0));
        });
    }

private:
    static void pool(arithmetic::pooling_window const& w, pooling const& op, bfloat16 const* x, bfloat16* y) {
        using namespace backend::eigen_engine;
        bool const maximum = op.kind == pooling_kind::maximum;
        float const share = 1 / static_cast<float>(w.count());
        for (int first = 0; first < op.in.channels; first += lanes<float>) {
            int const count = std::min(lanes<float>, op.in.channels - first);
            packet<float> sum{};
            for (int row = w.top; row < w.bottom; ++row)
                for (int column = w.left; column < w.right; ++column) {
                    bfloat16 part[lanes<float>] = {};
                    std::copy_n(x + arithmetic::pixel_offset(op.in, row, column) + first, count, part);
                    auto const v = load_wide(part);
                    if (!maximum) sum += v;
                    else sum = row == w.top && column == w.left ? v : larger_or_nan(sum, v);
                }
            bfloat16 result[lanes<float>];
            store_narrow(result, maximum ? sum : sum * share);
            std::copy_n(result, count, y + first);
        }
    }
};

} // namespace mcfa
