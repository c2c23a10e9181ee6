// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/int8.hpp>
#include <mcfa/core/shape.hpp>
#include <mcfa/op/convolution.hpp>
#include <mcfa/op/pass.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

// Arithmetic in 8-bit integers. An activation x is stored as q = 0 .. 255 that stands for scale * (q - zero), one scale and zero for a whole array; a
// weight as -127 .. 127 times a scale of its output channel. Sums are whole numbers of 32 bits, without rounding, so they are the same on every processor;
// what follows a sum is one product in float and one rounding to the nearest, of two equally near to the even one.
namespace mcfa {

/// What bytes stand for: scale * (q - zero).
struct byte_scale {
    float scale = 1;
    int zero = 0; ///< 0 .. 255: the byte that stands for 0, so that padding is exact

    /// The finest that has all of `low` .. `high` and 0; any scale where both are 0.
    static byte_scale covering(float low, float high) {
        low = std::min(low, 0.0f), high = std::max(high, 0.0f);
        if (low == high) return {};
        float const scale = std::max((high - low) / 255, 1e-30f);
        return {scale, std::clamp(static_cast<int>(std::lrint(-low / scale)), 0, 255)};
    }
    /// Whether it can be one: a scale above 0 and finite.
    bool valid() const { return scale > 0 && std::isfinite(scale) && zero >= 0 && zero <= 255; }

    friend bool operator==(byte_scale const&, byte_scale const&) = default;
};

/// Products of a byte and a weight that a sum may have, so that no sum leaves 32 bits: half of their range for the products, half for the bias.
inline constexpr std::size_t most_int8_products = (std::size_t{1} << 30) / (255 * 127);

/// y = x as bytes, x / scale + zero rounded and limited to 0 .. 255. What is not a number becomes `zero`.
template <class T>
struct byte_quantisation {
    row<T const> x;
    row<std::uint8_t> y;
    byte_scale scale;

    constexpr work describe() const { return {"conversion to bytes", x, y}; }
};

/// y = scale * (x - zero).
template <class T>
struct byte_widening {
    row<std::uint8_t const> x;
    row<T> y;
    byte_scale scale;

    constexpr work describe() const { return {"conversion of bytes", x, y}; }
};

/// Lays out a convolution's weights and bias for sums of bytes that `given` describes. For output o, with s_o = max |weights[o]| / 127, or as much more as
/// the bias needs to fit 30 bits:
///     prepared = round(weights[o] / s_o),   starts[o] = round(bias[o] / scales[o]) - zero * sum of prepared[o],   scales[o] = given.scale * s_o
/// A dense layer is a window of one pixel on one pixel. `kernel<int8_unit_preparation<T>, B>::layout(convolution)` says how many values it takes.
/// Throws `option_error` for a weight or bias that is not finite.
template <class T>
struct int8_unit_preparation {
    view<T const, 4> weights;
    row<T const> bias{};
    byte_scale given;
    row<int8> prepared;
    prepared_layout layout;
    row<std::int32_t> starts; ///< (out)
    row<T> scales;            ///< (out): of a sum

    constexpr work describe() const { return {"preparation of weights in 8 bits", weights, prepared}; }
};

/// y = unit(x), see `convolution_unit`, from sums[o] = starts[o] + sum of x * prepared:
///     y = bytes: sums * factors + zero, rounded and limited to 0 .. 255, or to zero .. 255 where rectified
///     y = float: sums * factors
/// factors (out) are the preparation's scales, over y's own scale where y is of bytes. x may have any height and width that the window fits; beyond it
/// stands `x_zero`.
template <class Out>
struct int8_unit_forward {
    planes<std::uint8_t const> x;
    int x_zero = 0;
    row<int8 const> prepared;
    prepared_layout layout;
    row<std::int32_t const> starts;
    row<float const> factors;
    planes<Out> y;
    int y_zero = 0; ///< where y is of bytes
    int kernel = 3, stride = 1, pad = 0;
    bool rectified = false, pooled = false;

    constexpr convolution_unit geometry() const {
        return {{sample_shape(x), static_cast<int>(y.extent(3)), kernel, stride, pad}, rectified, pooled};
    }
    constexpr work describe() const { return {"convolution unit forward in 8 bits", x, y}; }
};

} // namespace mcfa
