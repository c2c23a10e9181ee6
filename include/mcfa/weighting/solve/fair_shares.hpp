// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/weighting/solve/matrices.hpp>

#include <algorithm>
#include <vector>

namespace mcfa::weighting {

/// w > 0 with G w = w^(-1/alpha), each component of its own, alpha > 0: the minimum of the convex
///
///     w' G w / 2 - sum_k h(w_k),   h' = w^(-1/alpha)
///
/// by Newton's method, with steps that stay positive and lower the value. A ridge of 1e-12 of the trace keeps the minimum finite where
/// gradients cancel. An attribute without a gradient has no part in it and has the mean of the others.
inline column fair_shares(square_matrix const& gramian, double alpha) {
    std::vector<Eigen::Index> moving;
    for (Eigen::Index k = 0; k < gramian.rows(); ++k)
        if (gramian(k, k) > 0) moving.push_back(k);
    auto const count = static_cast<Eigen::Index>(moving.size());
    if (count == 0) return equal_weights(gramian.rows());
    square_matrix g = gramian(moving, moving);
    g /= g.trace();
    g.diagonal().array() += 1e-12;
    double const power = 1 / alpha;
    auto const slope = [&](column const& w) -> column { return g * w - column(w.array().pow(-power)); };
    auto const value = [&](column const& w) {
        auto const h = power == 1 ? w.array().log().sum() : w.array().pow(1 - power).sum() / (1 - power);
        return w.dot(g * w) / 2 - h;
    };

    column w = g.diagonal().array().pow(-alpha / (alpha + 1)); // the solution if no two gradients had a common part
    for (int step = 0; step < 200; ++step) {
        column const gradient = slope(w);
        square_matrix hessian = g;
        hessian.diagonal().array() += power * w.array().pow(-power - 1);
        column const d = hessian.llt().solve(-gradient);
        double const fall = -gradient.dot(d);
        double length = 1;
        for (Eigen::Index i = 0; i < count; ++i)
            if (d[i] < 0) length = std::min(length, -0.95 * w[i] / d[i]);
        double const before = value(w);
        while (length > 1e-10 && !(value(w + length * d) <= before - 1e-4 * length * fall + 1e-14 * std::abs(before))) length /= 2;
        w += length * d;
        if (!(length * d.cwiseQuotient(w).cwiseAbs().maxCoeff() > 1e-12)) break;
    }
    column all = column::Constant(gramian.rows(), w.mean());
    all(moving) = w;
    return all;
}

} // namespace mcfa::weighting
