// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/weighting/solve/gramian_block.hpp>

namespace mcfa::weighting {

/// Multiple-gradient descent (Désidéri, Comptes Rendus 2012), w = argmin w' G w over w >= 0, sum w = 1, by the Frank-Wolfe steps of Sener and
/// Koltun (NeurIPS 2018, algorithm 2): from equal weights, towards the vertex t = argmin (G w)_t, as far as is best on that line. Attributes
/// whose gradient is small weigh most; with many attributes few of them have all the weight.
struct mgda {
    static constexpr std::string_view name = "mgda";
    static constexpr bool wants_gramian = true;
    static constexpr int most_steps = 100;
    static constexpr double least_step = 1e-3; ///< after a shorter one the search ends

    void weigh(observation const& seen, std::span<double> weights) const { weigh_by_gramian(*this, seen, weights); }

    /// Of sum 1.
    column own(square_matrix const& gramian) const {
        column w = equal_weights(gramian.rows());
        for (int step = 0; step < most_steps; ++step) {
            column const slope = gramian * w;
            Eigen::Index vertex = 0;
            slope.minCoeff(&vertex);
            double const across = slope[vertex], here = w.dot(slope), there = gramian(vertex, vertex);
            double const length = there <= across ? 1 : here <= across ? 0 : (here - across) / (here + there - 2 * across);
            w *= 1 - length;
            w[vertex] += length;
            if (length < least_step) break;
        }
        return w;
    }
};
static_assert(policy<mgda>);

} // namespace mcfa::weighting
