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
    // The columns' sums stand as rows of a matrix of one column.
    sum_columns<1>(run, width, 1, value_term<double>{1, by_column.data(), nullptr}, store_sum<double>{to});
}

} // namespace backend::device

template <backend::device_backend B>
struct kernel<reduction, B> {
    template <class T>
    static double sum_of_squares(typename B::execution& run, std::size_t count, T const* x) {
        using namespace backend::device;
        if (count == 0) return 0;
        run.now({"sum of squares", 1, {static_cast<int>(count)}, {1}});
        auto const result = run.template scratch<double>(host_results{}, 1);
        launch_sum_of_squares(run, count, x, result.data());
        double sum = 0;
        run.copy_out(&sum, static_cast<double const*>(result.data()), 1);
        return sum;
    }

    template <class T>
    static void weighted_column_sums(typename B::execution& run, int rows, int width, T const* x, T const* row_weights, double* sums) {
        using namespace backend::device;
        run.now({"column sums", rows, {width}, {width}});
        auto const results = run.template scratch<double>(host_results{}, static_cast<std::size_t>(width));
        sum_columns<1>(run, rows, width, value_term<T>{width, x, row_weights}, store_sum<double>{results.data()});
        run.copy_out(sums, static_cast<double const*>(results.data()), static_cast<std::size_t>(width));
    }
};

} // namespace mcfa
