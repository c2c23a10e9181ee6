// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/random.hpp>

#include <cstdint>

namespace mcfa::arithmetic {

/// max(x, 0); keeps NaN, because training detects divergence by it.
template <class T>
constexpr T rectified(T x) {
    return x < T(0) ? T(0) : x;
}

/// dx of y = max(x, 0), from y.
template <class T>
constexpr T rectified_gradient(T y, T dy) {
    return y <= T(0) ? T(0) : dy;
}

// The functions below select operands (or 0 and 1) and multiply afterwards. Selecting between two products would compile to a branch, which
// prevents vectorisation.

/// x if positive, slope * x otherwise.
template <class T>
constexpr T sloped(T x, T slope) {
    T const above = x > T(0) ? x : T(0);
    T const below = x > T(0) ? T(0) : x;
    return above + slope * below;
}

/// dx of y = sloped(x, slope).
template <class T>
constexpr T sloped_gradient(T x, T dy, T slope) {
    int const positive = x > T(0);
    return dy * (static_cast<T>(positive) + slope * static_cast<T>(1 - positive));
}

/// The contribution of one value to dslope.
template <class T>
constexpr T slope_gradient(T x, T dy) {
    return dy * (x > T(0) ? T(0) : x);
}

/// Value number `index` of the batch, dropped (0) or scaled by 1 / (1 - rate).
template <class T>
constexpr T dropped(double rate, std::uint64_t key, std::uint64_t index, T x) {
    int const kept = static_cast<double>(random_unit(key, index)) >= rate;
    return x * static_cast<T>(kept) * static_cast<T>(1 / (1 - rate));
}

} // namespace mcfa::arithmetic
