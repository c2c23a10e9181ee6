// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/op/pass.hpp>

#include <cstddef>

namespace mcfa {

/// Sums for the host to read. Their order is fixed by the sizes alone, so they do not depend on the number of threads.
///
/// `kernel<reduction, B>` has
///     sum_of_squares(run, count, x) -> double
///     weighted_column_sums(run, rows, width, x, row_weights, sums)    sums[c] = sum over r of row_weights[r] * x[r, c];
///         `row_weights` may be null, and then every weight is 1; sums are doubles on the host
struct reduction {};

} // namespace mcfa
