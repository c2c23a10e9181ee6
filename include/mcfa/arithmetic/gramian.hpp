// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/op/gramian.hpp>

#include <cstddef>

namespace mcfa::arithmetic {

/// Sum over i of x[i * step] * y[i * step] in double, `count` terms. Several partial sums, because compilers keep the order of additions.
template <class T>
constexpr double inner_product(T const* x, T const* y, std::size_t count, std::size_t step) {
    constexpr std::size_t lanes = 8;
    double sums[lanes]{};
    std::size_t i = 0;
    for (; i + lanes <= count; i += lanes)
        for (std::size_t lane = 0; lane < lanes; ++lane)
            sums[lane] += static_cast<double>(x[(i + lane) * step]) * static_cast<double>(y[(i + lane) * step]);
    for (; i < count; ++i) sums[i % lanes] += static_cast<double>(x[i * step]) * static_cast<double>(y[i * step]);
    double sum = 0;
    for (double const part : sums) sum += part;
    return sum;
}

/// Entry (a, b) of a Gramian. The same bits for (b, a).
template <class T>
constexpr double gramian_entry(head_gramian<T> const& p, std::size_t a, std::size_t b) {
    std::size_t const features = p.weights.extent(1), logits = p.dlogits.extent(1);
    T const* const w = p.weights.data();
    T const* const d = p.dlogits.data() + p.first_logit;
    return inner_product(w + a * features, w + b * features, features, 1) * inner_product(d + a, d + b, p.dlogits.extent(0), logits);
}

} // namespace mcfa::arithmetic
