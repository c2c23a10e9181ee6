// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <span>
#include <vector>

namespace mcfa {

/// The positions of values, the highest first; of equal values the earlier comes first. Memory of `order` is used again.
inline void rank(std::span<double const> values, std::vector<std::size_t>& order) {
    order.resize(values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return values[a] != values[b] ? values[a] > values[b] : a < b; });
}

inline std::vector<std::size_t> ranked(std::span<double const> values) {
    std::vector<std::size_t> order;
    rank(values, order);
    return order;
}

} // namespace mcfa
