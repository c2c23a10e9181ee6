// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/shape.hpp>
#include <mcfa/op/pass.hpp>

namespace mcfa {

enum class pooling_kind { maximum, average };

/// The windows of a pooling on samples of shape `in`.
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

/// y = the maximum or the mean of each window; padding counts as minus infinity for the maximum and is left out of the mean.
/// x (batch, in), y (batch, out).
template <class T>
struct pooling_forward {
    pooling op;
    planes<T const> x;
    planes<T> y;

    constexpr work describe() const { return {"pooling forward", x, y}; }
};

/// dx = each value's share in the maxima or means that it is part of, times their dy. Of equal maxima the first in reading order receives
/// the gradient.  x and dx (batch, in), dy (batch, out).
template <class T>
struct pooling_backward {
    pooling op;
    planes<T const> x, dy;
    planes<T> dx;

    constexpr work describe() const { return {"pooling backward", dy, dx}; }
};

} // namespace mcfa
