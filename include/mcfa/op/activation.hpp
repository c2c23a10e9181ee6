// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/op/pass.hpp>

#include <cstdint>

namespace mcfa {

/// y = max(x, 0).  x and y of one size; y may be x.
template <class T>
struct rectifier_forward {
    planes<T const> x;
    planes<T> y;

    constexpr work describe() const { return {"rectifier forward", x, y}; }
};

/// dx = dy where y > 0, else 0: from the output alone.  All of one size; dx may be dy.
template <class T>
struct rectifier_backward {
    planes<T const> y, dy;
    planes<T> dx;

    constexpr work describe() const { return {"rectifier backward", dy, dx}; }
};

/// PReLU, He et al., "Delving deep into rectifiers" (ICCV 2015): y = x where positive, slope[c] * x elsewhere.
/// x and y of one size, slope (channels).
template <class T>
struct parametric_rectifier_forward {
    planes<T const> x;
    row<T const> slope;
    planes<T> y;

    constexpr work describe() const { return {"parametric rectifier forward", x, y}; }
};

/// dx = dy where x > 0, slope[c] * dy elsewhere;  dslope[c] = sum of dy * x where x <= 0.  dx may be dy.
template <class T>
struct parametric_rectifier_backward {
    planes<T const> x, dy;
    row<T const> slope;
    planes<T> dx;
    row<T> dslope;

    constexpr work describe() const { return {"parametric rectifier backward", dy, dx}; }
};

/// Which function of one value an activation is.
enum class activation_kind { sigmoid, swish, hard_swish, gelu };

/// y = f(x), value by value:
///     sigmoid      1 / (1 + exp(-x))
///     swish        x sigmoid(x), Ramachandran et al., "Searching for activation functions" (2017); also called SiLU
///     hard_swish   x min(max(x + 3, 0), 6) / 6, Howard et al., "Searching for MobileNetV3" (ICCV 2019)
///     gelu         x (1 + erf(x / sqrt(2))) / 2, Hendrycks and Gimpel, "Gaussian error linear units" (2016)
/// x and y of one size; y may be x.
template <class T>
struct activation_forward {
    planes<T const> x;
    planes<T> y;
    activation_kind kind = activation_kind::swish;

    constexpr work describe() const { return {"activation forward", x, y}; }
};

/// dx = f'(x) dy, from the input.  All of one size; dx may be dy.
template <class T>
struct activation_backward {
    planes<T const> x, dy;
    planes<T> dx;
    activation_kind kind = activation_kind::swish;

    constexpr work describe() const { return {"activation backward", dy, dx}; }
};

/// Dropout, Srivastava et al. (JMLR 2014), in the inverted form: y = x / (1 - rate) where value number i of the batch is kept, else 0.
/// It is kept where random_unit(key, i) >= rate, so the mask is never stored: the same pass on gradients is the backward pass.
/// x and y of one size; y may be x.
template <class T>
struct dropout_mask {
    planes<T const> x;
    planes<T> y;
    double rate = 0.5;
    std::uint64_t key = 0;

    constexpr work describe() const { return {"dropout", x, y}; }
};

} // namespace mcfa
