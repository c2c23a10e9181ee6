// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/op/pass.hpp>

namespace mcfa {

/// y[n, p, c] = scale[n, c] * x[n, p, c] + factor * shift[n, c], for every pixel p.  x and y of one size, scale (batch, channels), shift the
/// same or empty; y may be x.
template <class T>
struct channel_scale {
    planes<T const> x;
    matrix<T const> scale;
    matrix<T const> shift{};
    double factor = 1;
    planes<T> y;

    constexpr work describe() const { return {"scale of channels", x, y}; }
};

/// sums[n, c] = sum over pixels p of a[n, p, c] * b[n, p, c].  a and b of one size, sums (batch, channels).
template <class T>
struct channel_products {
    planes<T const> a, b;
    matrix<T> sums;

    constexpr work describe() const { return {"products of channels", a, sums}; }
};

} // namespace mcfa
