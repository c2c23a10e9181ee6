// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/random.hpp>

#include <cstddef>
#include <numeric>
#include <utility>
#include <vector>

namespace mcfa::weighting {

/// Gives orders of 0 to count - 1, every order as likely (Fisher and Yates), a new one each time.
class random_orders {
public:
    explicit random_orders(random_stream draw) : draw_(draw) {}
    std::vector<std::ptrdiff_t> operator()(std::ptrdiff_t count) {
        std::vector<std::ptrdiff_t> order(count);
        std::iota(order.begin(), order.end(), 0);
        for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[draw_.below(i)]);
        return order;
    }

private:
    random_stream draw_;
};

} // namespace mcfa::weighting
