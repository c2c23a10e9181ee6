// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/op/pass.hpp>

#include <cstddef>

namespace mcfa {

/// max(x, 0) on `size` values a sample.
///
/// `kernel<rectifier, B>` has
///     forward(run, op, batch, x, y)          y may be x
///     backward(run, op, batch, y, dy, dx)    from the output alone; dx may be dy
struct rectifier {
    std::size_t size = 0;
};

/// PReLU, He et al., "Delving deep into rectifiers" (ICCV 2015): x where positive, slope[c] * x elsewhere.
///
/// `kernel<parametric_rectifier, B>` has
///     forward(run, op, batch, x, slope, y)
///     backward(run, op, batch, x, dy, slope, dx, dslope)    overwrites dx and dslope; dx may be dy
struct parametric_rectifier {
    int channels = 0;
    int pixels = 0;
};

/// Dropout, Srivastava et al. (JMLR 2014), in the inverted form: kept values are divided by 1 - rate.
/// Value number i of the batch is kept where random_unit(key, i) >= rate, so the mask is never stored.
///
/// `kernel<dropout_mask, B>` has
///     apply(run, op, batch, key, x, y)    forward, and on gradients backward; y may be x
struct dropout_mask {
    std::size_t size = 0;
    double rate = 0.5;
};

} // namespace mcfa
