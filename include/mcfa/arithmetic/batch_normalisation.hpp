// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>

namespace mcfa::arithmetic {

/// Mean and variances of `count` values from the sums of (x - shift) and (x - shift)^2. A shift near the mean avoids cancellation if the
/// mean is large compared with the deviation.
struct moments {
    double mean = 0;
    double variance = 0; ///< biased
    double unbiased = 0; ///< equals `variance` if there is a single value
};

constexpr moments moments_of(double shift, double sum, double squares, double count) {
    double const offset = sum / count;
    double const variance = squares / count - offset * offset;
    double const biased = variance < 0 ? 0 : variance;
    return {shift + offset, biased, count > 1 ? biased * count / (count - 1) : biased};
}

/// 1 / sqrt(variance + epsilon).
template <class T>
constexpr T inverse_deviation(double epsilon, double variance) {
    return static_cast<T>(1 / std::sqrt(variance + epsilon));
}

/// A running statistic updated by a batch statistic, `batch_value`.
template <class T>
constexpr T moved(double momentum, T running, double batch_value) {
    return static_cast<T>((1 - momentum) * static_cast<double>(running) + momentum * batch_value);
}

template <class T>
constexpr T normalised(T x, T mean, T scale, T beta) {
    return (x - mean) * scale + beta;
}

/// dx = along_dy * dy + along_x * (x - mean) + constant: one channel's three numbers, from
///     dx = gamma / deviation * (dy - dbeta / count - xhat * dgamma / count),   xhat = (x - mean) / deviation
template <class T>
struct normalised_gradient {
    T along_dy;
    T along_x;
    T constant;

    constexpr normalised_gradient(double gamma, double inverse_deviation, double dgamma, double dbeta, double count)
        : along_dy(static_cast<T>(gamma * inverse_deviation)),
          along_x(static_cast<T>(-gamma * inverse_deviation * inverse_deviation * dgamma / count)),
          constant(static_cast<T>(-gamma * inverse_deviation * dbeta / count)) {}
};

} // namespace mcfa::arithmetic
