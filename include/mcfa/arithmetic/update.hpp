// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/op/update.hpp>

#include <cmath>
#include <cstddef>

namespace mcfa::arithmetic {

/// The step of parameter i.
template <class T>
constexpr void step(sgd_update<T> const& op, std::size_t i) {
    T &p = op.p.data()[i], &v = op.v.data()[i];
    v = static_cast<T>(op.momentum) * v + (static_cast<T>(op.factor) * op.g.data()[i] + static_cast<T>(op.weight_decay) * p);
    p -= static_cast<T>(op.rate) * v;
}

/// The step of parameter i. The corrections are folded into the rate and into the root.
template <class T>
constexpr void step(adam_update<T> const& op, std::size_t i) {
    T &p = op.p.data()[i], &m = op.m.data()[i], &v = op.v.data()[i];
    T const coupled = static_cast<T>(op.decoupled ? 0 : op.weight_decay);
    T const kept = static_cast<T>(op.decoupled ? 1 - op.rate * op.weight_decay : 1);
    T const gradient = static_cast<T>(op.factor) * op.g.data()[i] + coupled * p;
    m = static_cast<T>(op.beta1) * m + static_cast<T>(1 - op.beta1) * gradient;
    v = static_cast<T>(op.beta2) * v + static_cast<T>(1 - op.beta2) * gradient * gradient;
    T const deviation = std::sqrt(v) * static_cast<T>(1 / std::sqrt(op.correction2)) + static_cast<T>(op.epsilon);
    p = kept * p - static_cast<T>(op.rate / op.correction1) * m / deviation;
}

} // namespace mcfa::arithmetic
