// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/weighting/solve/matrices.hpp>

#include <vector>

namespace mcfa::weighting {

/// argmin w' H w / 2 + q' w over w >= 0, sum w = 1, from such a w; H symmetric positive semidefinite. An active set: on the variables that are
/// not held at 0 the minimum with the sum kept is solved for; what blocks the way is held, what would lower the value is let go.
inline column least_on_simplex(square_matrix const& h, column const& q, column w) {
    Eigen::Index const count = w.size();
    double const scale = h.cwiseAbs().maxCoeff() + q.cwiseAbs().maxCoeff();
    if (!(scale > 0)) return w;
    std::vector<bool> held(count);
    for (Eigen::Index i = 0; i < count; ++i) held[i] = !(w[i] > 0);
    for (int round = 0; round < 50 * static_cast<int>(count); ++round) {
        std::vector<Eigen::Index> free;
        for (Eigen::Index i = 0; i < count; ++i)
            if (!held[i]) free.push_back(i);
        auto const n = static_cast<Eigen::Index>(free.size());
        // H d + 1 l = -(H w + q), sum d = 0. Whatever is added to H along 1 does not change d, and makes up for a null vector such as w.
        column const pull = -(h * w + q)(free);
        square_matrix whole = h(free, free);
        whole.array() += scale / static_cast<double>(n);
        whole.diagonal().array() += 1e-14 * scale;
        Eigen::LLT<square_matrix> const solver(whole);
        column const a = solver.solve(pull), b = solver.solve(column::Ones(n));
        column const d = a - b * (a.sum() / b.sum());

        double length = 1;
        Eigen::Index blocking = -1;
        for (Eigen::Index i = 0; i < n; ++i)
            if (d[i] < 0 && -w[free[i]] / d[i] < length) length = -w[free[i]] / d[i], blocking = free[i];
        for (Eigen::Index i = 0; i < n; ++i) w[free[i]] += length * d[i];
        if (blocking >= 0) {
            w[blocking] = 0;
            held[blocking] = true;
            continue;
        }
        column const slope = h * w + q;
        double level = 0; // the same for all free ones
        for (Eigen::Index const i : free) level += slope[i] / static_cast<double>(n);
        Eigen::Index steepest = -1;
        double lowest = level - 1e-12 * scale;
        for (Eigen::Index i = 0; i < count; ++i)
            if (held[i] && slope[i] < lowest) lowest = slope[i], steepest = i;
        if (steepest < 0) break;
        held[steepest] = false;
    }
    return w.cwiseMax(0.0) / w.cwiseMax(0.0).sum();
}

} // namespace mcfa::weighting
