// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/weighting/solve/matrices.hpp>

#include <vector>

namespace mcfa::weighting {

/// argmin v' H v over v >= bound, H symmetric positive definite, by block principal pivoting (Portugal et al., Mathematics of Computation
/// 1994): of each variable either v is at its bound or the gradient H v is 0. All on the wrong side change sides at once; if that does not
/// lower their number within three rounds, the last one alone does, which ends for certain.
inline column least_above(square_matrix const& h, column const& bound) {
    Eigen::Index const count = bound.size();
    double const slack = 1e-12 * h.cwiseAbs().maxCoeff() * bound.cwiseAbs().maxCoeff();
    std::vector<bool> is_free(count, false);
    column v = bound;
    Eigen::Index fewest = count + 1;
    int patience = 3;
    for (int round = 0; round < 100 * (static_cast<int>(count) + 1); ++round) {
        column const gradient = h * v;
        std::vector<Eigen::Index> wrong;
        for (Eigen::Index i = 0; i < count; ++i)
            if (is_free[i] ? v[i] < bound[i] - slack : gradient[i] < -slack) wrong.push_back(i);
        if (wrong.empty()) break;
        bool const fewer = static_cast<Eigen::Index>(wrong.size()) < fewest;
        if (fewer) fewest = static_cast<Eigen::Index>(wrong.size()), patience = 3;
        else if (patience > 0) --patience;
        else wrong.erase(wrong.begin(), wrong.end() - 1);
        for (Eigen::Index const i : wrong) is_free[i].flip();

        std::vector<Eigen::Index> free;
        v = bound;
        for (Eigen::Index i = 0; i < count; ++i)
            if (is_free[i]) free.push_back(i), v[i] = 0;
        if (free.empty()) continue;
        column const pull = -(h * v)(free);
        column const solved = square_matrix(h(free, free)).llt().solve(pull);
        v(free) = solved;
    }
    return v.cwiseMax(bound);
}

/// What UPGrad and DualProj solve over: G / tr G + 1e-4 I.
inline square_matrix regularised(square_matrix const& gramian) {
    return gramian / gramian.trace() + 1e-4 * square_matrix::Identity(gramian.rows(), gramian.cols());
}

} // namespace mcfa::weighting
