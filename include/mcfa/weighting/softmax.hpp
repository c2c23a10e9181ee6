// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/weighting/mean_one.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace mcfa::weighting {

/// p = softmax(x), x finite: positive, with sum 1.
inline std::vector<double> softmax(std::vector<double> x) {
    softmax_to_mean_one(x, x);
    for (double& p : x) p /= static_cast<double>(x.size());
    return x;
}

/// Carries dJ/dp by p = softmax(x) over to dJ/dx, in place: d_k becomes p_k (d_k - sum_i p_i d_i).
inline void through_softmax(std::span<double const> p, std::span<double> d) {
    double mean = 0;
    for (std::size_t k = 0; k < p.size(); ++k) mean += p[k] * d[k];
    for (std::size_t k = 0; k < p.size(); ++k) d[k] = p[k] * (d[k] - mean);
}

} // namespace mcfa::weighting
