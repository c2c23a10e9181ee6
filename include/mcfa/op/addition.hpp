// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/op/pass.hpp>

namespace mcfa {

/// y[i] = x[i] + other[i], rounded once. All of one shape; y may be x or other.
template <class T>
struct addition {
    planes<T const> x, other;
    planes<T> y;

    constexpr work describe() const { return {"addition", x, y}; }
};

} // namespace mcfa
