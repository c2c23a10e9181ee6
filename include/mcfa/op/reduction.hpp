// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/op/pass.hpp>

// Sums for the host to read. Their order is fixed by the sizes alone, so they do not depend on the number of threads.
namespace mcfa {

/// sum[0] = sum of x[i]^2.  `sum` has one value, on the host.
template <class T>
struct sum_of_squares {
    row<T const> x;
    row<double> sum;

    constexpr work describe() const { return {"sum of squares", x, sum}; }
};

/// The sum itself.
template <class Execution, class T>
double squares_of(Execution& run, row<T const> const& x) {
    double sum = 0;
    compute(run, sum_of_squares<T>{.x = x, .sum = {&sum, 1}});
    return sum;
}

/// sums[c] = sum over r of row_weights[r] * x[r, c].  x (rows, width), row_weights (rows), or empty if every weight is 1; sums (width)
/// on the host.
template <class T>
struct weighted_column_sums {
    matrix<T const> x;
    row<T const> row_weights{};
    row<double> sums;

    constexpr work describe() const { return {"column sums", x, sums}; }
};

} // namespace mcfa
