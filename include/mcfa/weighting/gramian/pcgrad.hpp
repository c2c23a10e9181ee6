// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/weighting/solve/gramian_block.hpp>
#include <mcfa/weighting/solve/random_orders.hpp>
#include <mcfa/weighting/step_numbers.hpp>

namespace mcfa::weighting {

/// Gradient surgery (Yu et al., NeurIPS 2020, algorithm 1). Each gradient g_i, for the others j in random order,
///
///     loses its part against g_j:   if g_i' . g_j < 0:  g_i' -= (g_i' . g_j / |g_j|^2) g_j
///
/// and the g_i' are summed. In coordinates of the g_k, g_i' = sum_k c_ik g_k, and w = column sums of c. The order is new in every step.
struct pcgrad {
    static constexpr std::string_view name = "pcgrad";
    static constexpr bool wants_gramian = true;

    struct state {
        step_numbers numbers;
    };

    state start(setting const& given) const { return {step_numbers(given)}; }
    void weigh(state& s, observation const& seen, std::span<double> weights) const {
        gramian_block const block(name, seen);
        block.place_weights(own(block.gramian, random_orders(s.numbers.stream(seen.stage))), weights);
    }
    void learn(state& s, observation const& seen) const { s.numbers.advance(seen.stage); }
    template <class F>
    void visit(state& s, F&& f) const {
        s.numbers.visit(f);
    }

    /// `order(n)` gives 0 to n - 1 in the order in which the others are met.
    template <class Order>
    column own(square_matrix const& gramian, Order order) const {
        column sum = column::Zero(gramian.rows());
        for (Eigen::Index i = 0; i < gramian.rows(); ++i) {
            column c = column::Unit(gramian.rows(), i);
            for (Eigen::Index const j : order(gramian.rows()))
                if (double const product = j == i ? 0 : gramian.col(j).dot(c); product < 0) c[j] -= product / gramian(j, j);
            sum += c;
        }
        return sum;
    }
};
static_assert(policy<pcgrad>);

} // namespace mcfa::weighting
