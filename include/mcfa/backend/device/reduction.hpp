// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/device/backend.hpp>
#include <mcfa/backend/device/column_sums.hpp>
#include <mcfa/op/reduction.hpp>

#include <cstddef>
#include <cstdint>

namespace mcfa {

namespace backend::device {

struct host_results {}; // scratch memory

/// The values as a matrix of 1024 columns; the last row may be short.
template <class T>
struct square_term {
    static constexpr int width = 1024;
    std::int64_t count;
    T const* x;
    constexpr void operator()(std::int64_t row, int c, double* sums) const {
        std::int64_t const at = row * width + c;
        if (at >= count) return;
        double const value = static_cast<double>(x[at]);
        sums[0] += value * value;
    }
};

/// Sums of squares as one number: to[0].
template <class Run, class T>
void launch_sum_of_squares(Run& run, std::size_t count, T const* x, double* to) {
    constexpr int width = square_term<T>::width;
    auto const n = static_cast<std::int64_t>(count);
    auto const by_column = run.template scratch<double>(per_channel{}, width);
    sum_columns<1>(run, (n + width - 1) / width, width, square_term<T>{n, x}, store_sum<double>{by_column.data()});
    // The column sums form a matrix of one column.
    sum_columns<1>(run, width, 1, value_term<double>{1, by_column.data(), nullptr}, store_sum<double>{to});
}

} // namespace backend::device

template <class T, backend::device_backend B>
struct kernel<sum_of_squares<T>, B> {
    static void run(typename B::execution& run, sum_of_squares<T> const& p) {
        using namespace backend::device;
        p.sum[0] = 0;
        if (p.x.size() == 0) return;
        auto const result = run.template scratch<double>(host_results{}, 1);
        launch_sum_of_squares(run, p.x.size(), p.x.data(), result.data());
        run.copy_out(p.sum.data(), static_cast<double const*>(result.data()), 1);
    }
};

template <class T, backend::device_backend B>
struct kernel<weighted_column_sums<T>, B> {
    static void run(typename B::execution& run, weighted_column_sums<T> const& p) {
        using namespace backend::device;
        std::size_t const width = p.sums.size();
        auto const results = run.template scratch<double>(host_results{}, width);
        sum_columns<1>(run, static_cast<std::int64_t>(p.x.extent(0)), int(width),
                       value_term<T>{int(width), p.x.data(), p.row_weights.data()}, store_sum<double>{results.data()});
        run.copy_out(p.sums.data(), static_cast<double const*>(results.data()), width);
    }
};

} // namespace mcfa
