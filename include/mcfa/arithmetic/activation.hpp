// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/random.hpp>
#include <mcfa/op/activation.hpp>

#include <cmath>
#include <cstdint>
#include <numbers>

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

// The functions of `activation_kind`, each with its derivative.

struct sigmoid_function {
    template <class T>
    static constexpr T value(T x) {
        return T(1) / (T(1) + std::exp(-x));
    }
    template <class T>
    static constexpr T slope(T x) {
        T const y = value(x);
        return y * (T(1) - y);
    }
};

struct swish_function {
    template <class T>
    static constexpr T value(T x) {
        return x * sigmoid_function::value(x);
    }
    template <class T>
    static constexpr T slope(T x) {
        T const s = sigmoid_function::value(x);
        return s * (T(1) + x * (T(1) - s));
    }
};

struct hard_swish_function {
    template <class T>
    static constexpr T value(T x) {
        T const raised = x + T(3), above = raised < T(0) ? T(0) : raised, inside = above > T(6) ? T(6) : above;
        return x * inside * T(1. / 6);
    }
    template <class T>
    static constexpr T slope(T x) {
        T const between = x * T(1. / 3) + T(0.5), below = x < T(3) ? between : T(1);
        return x > T(-3) ? below : T(0);
    }
};

struct gelu_function {
    template <class T>
    static constexpr T value(T x) {
        return x * share(x);
    }
    template <class T>
    static constexpr T slope(T x) {
        return share(x) + x * T(0.5 * std::numbers::inv_sqrtpi * std::numbers::sqrt2) * std::exp(-x * x / T(2));
    }

private:
    /// The normal distribution's, from minus infinity to x.
    template <class T>
    static constexpr T share(T x) {
        return T(0.5) * (T(1) + std::erf(x * T(std::numbers::sqrt2 / 2)));
    }
};

/// body(function) for the function of this kind.
template <class Body>
constexpr void with_activation(activation_kind kind, Body const& body) {
    switch (kind) {
    case activation_kind::sigmoid:
        return body(sigmoid_function{});
    case activation_kind::swish:
        return body(swish_function{});
    case activation_kind::hard_swish:
        return body(hard_swish_function{});
    case activation_kind::gelu:
        return body(gelu_function{});
    }
}

/// Value number `index` of the batch, dropped (0) or scaled by 1 / (1 - rate).
template <class T>
constexpr T dropped(double rate, std::uint64_t key, std::uint64_t index, T x) {
    int const kept = static_cast<double>(random_unit(key, index)) >= rate;
    return x * static_cast<T>(kept) * static_cast<T>(1 / (1 - rate));
}

} // namespace mcfa::arithmetic
