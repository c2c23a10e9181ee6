#pragma once

#include <cstdint>

#include <mcfa/core/random.hpp>
#include <mcfa/op/activation.hpp>

namespace mcfa::arithmetic {

/// max(x, 0); not a number stays so, because training detects divergence by it.
template <class T>
constexpr T rectified(T x) {
    return x < T(0) ? T(0) : x;
}

/// dx of y = max(x, 0), from y.
template <class T>
constexpr T rectified_gradient(T y, T dy) {
    return y <= T(0) ? T(0) : dy;
}

/// x where positive, slope * x elsewhere.
template <class T>
constexpr T sloped(T x, T slope) {
    return x > T(0) ? x : slope * x;
}

/// dx of y = sloped(x, slope).
template <class T>
constexpr T sloped_gradient(T x, T dy, T slope) {
    return x > T(0) ? dy : slope * dy;
}

/// What one value adds to dslope.
template <class T>
constexpr T slope_gradient(T x, T dy) {
    return x > T(0) ? T(0) : x * dy;
}

/// Value number `index` of the batch, dropped (0) or scaled by 1 / (1 - rate).
template <class T>
constexpr T dropped(dropout_mask op, std::uint64_t key, std::uint64_t index, T x) {
    return x * (static_cast<double>(random_unit(key, index)) >= op.rate ? static_cast<T>(1 / (1 - op.rate)) : T(0));
}

} // namespace mcfa::arithmetic
