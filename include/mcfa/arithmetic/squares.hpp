// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

namespace mcfa::arithmetic {

/// The sum of x[i]^2 in double. Several partial sums, because compilers keep the order of additions and so cannot vectorise a single sum.
template <class T>
double squares(T const* x, std::size_t count) {
    constexpr std::size_t lanes = 16;
    double sums[lanes]{};
    std::size_t i = 0;
    for (; i + lanes <= count; i += lanes)
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            double const value = static_cast<double>(x[i + lane]);
            sums[lane] += value * value;
        }
    for (; i < count; ++i) sums[i % lanes] += static_cast<double>(x[i]) * static_cast<double>(x[i]);
    double sum = 0;
    for (double const part : sums) sum += part;
    return sum;
}

} // namespace mcfa::arithmetic
