// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>

namespace mcfa::arithmetic {

/// The scale s of one output's weights in 8 bits, see `int8_unit_preparation`: max |w| / 127, or as much more as the bias needs to fit 30 bits in units
/// of `given` * s, the scale of the layer's input times this one. Not a number where a value is none, or infinite.
inline double int8_weight_scale(std::span<float const> weights, float bias, float given) {
    constexpr double largest_bias = 1 << 30;
    double most = 0;
    bool finite = std::isfinite(bias);
    for (float const w : weights) finite = finite && std::isfinite(w), most = std::max(most, std::abs(static_cast<double>(w)));
    if (!finite) return std::numeric_limits<double>::quiet_NaN();
    double const scale = std::max(most / 127, std::abs(static_cast<double>(bias)) / (static_cast<double>(given) * largest_bias));
    return scale == 0 ? 1 : scale;
}

/// round(w / s), -127 .. 127.
inline std::int8_t int8_weight(float w, double scale) { return static_cast<std::int8_t>(std::lrint(static_cast<double>(w) / scale)); }

/// round(bias / (given s)), at most 2^30 in magnitude.
inline std::int32_t int8_bias(float bias, float given, double scale) {
    return static_cast<std::int32_t>(std::llrint(static_cast<double>(bias) / (static_cast<double>(given) * scale)));
}

} // namespace mcfa::arithmetic
