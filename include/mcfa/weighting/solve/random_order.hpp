// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/random.hpp>

#include <cstddef>
#include <numeric>
#include <utility>
#include <vector>

namespace mcfa::weighting {

/// 0 to count - 1, every order as likely (Fisher and Yates).
inline std::vector<std::ptrdiff_t> random_order(random_stream& draw, std::ptrdiff_t count) {
    std::vector<std::ptrdiff_t> order(static_cast<std::size_t>(count));
    std::iota(order.begin(), order.end(), 0);
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[static_cast<std::size_t>(draw.below(i))]);
    return order;
}

} // namespace mcfa::weighting
