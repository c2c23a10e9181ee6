// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/shape.hpp>
#include <mcfa/op/pass.hpp>

namespace mcfa {

enum class pooling_kind { maximum, average };

/// The maximum or the mean of each window; padding counts as minus infinity for the maximum and is left out of the mean.
/// Of equal maxima the first in reading order receives the gradient.
///
/// `kernel<pooling, B>` has
///     forward(run, op, batch, x, y)
///     backward(run, op, batch, x, dy, dx)     overwrites dx
struct pooling {
    pooling_kind kind = pooling_kind::maximum;
    shape in;
    int window_height = 2;
    int window_width = 2;
    int stride = 2;
    int pad = 0;

    constexpr shape out() const {
        return {in.channels, (in.height + 2 * pad - window_height) / stride + 1, (in.width + 2 * pad - window_width) / stride + 1};
    }
    constexpr bool windows_overlap() const { return stride < window_height || stride < window_width; }
};

} // namespace mcfa
