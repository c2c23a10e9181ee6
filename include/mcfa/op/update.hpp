// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/op/pass.hpp>

namespace mcfa {

/// One step of stochastic gradient descent with momentum (Sutskever et al., ICML 2013, in PyTorch's form):
///     g' = factor * g + weight_decay * p;   v = momentum * v + g';   p -= rate * v
/// p, g and v of one size.
template <class T>
struct sgd_update {
    row<T> p;
    row<T const> g;
    row<T> v;
    double rate = 0;
    double momentum = 0;
    double weight_decay = 0;
    double factor = 1; ///< the gradient's scale, below 1 if it is clipped

    constexpr work describe() const { return {"SGD update", g, p}; }
};

/// One step of Adam, Kingma and Ba (ICLR 2015), or of AdamW, Loshchilov and Hutter (ICLR 2019), where `decoupled`:
///     m = beta1 m + (1 - beta1) g';  v = beta2 v + (1 - beta2) g'^2
///     p -= rate * (m / correction1) / (sqrt(v / correction2) + epsilon)
/// Decoupled decay first scales p by 1 - rate * weight_decay; otherwise weight_decay * p is added to the gradient.
/// p, g, m and v of one size.
template <class T>
struct adam_update {
    row<T> p;
    row<T const> g;
    row<T> m, v;
    double rate = 0;
    double beta1 = 0.9;
    double beta2 = 0.999;
    double epsilon = 1e-8;
    double weight_decay = 0;
    bool decoupled = false;
    double correction1 = 1; ///< 1 - beta1^t
    double correction2 = 1; ///< 1 - beta2^t
    double factor = 1;

    constexpr work describe() const { return {"Adam update", g, p}; }
};

} // namespace mcfa
