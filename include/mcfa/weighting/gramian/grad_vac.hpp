// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/weighting/drafted.hpp>
#include <mcfa/weighting/solve/gramian_block.hpp>
#include <mcfa/weighting/solve/random_orders.hpp>
#include <mcfa/weighting/step_numbers.hpp>

namespace mcfa::weighting {

/// Gradient vaccine (Wang et al., ICLR 2021): as `pcgrad`, but a pair is brought to the cosine that it usually has. With p the cosine of g_i'
/// and g_j and q_ij its running mean,
///
///     if p < q:  g_i' += |g_i'| (q sqrt(1 - p^2) - p sqrt(1 - q^2)) / (|g_j| sqrt(1 - q^2)) g_j,   then q += share (p - q)
///
/// q starts at 0 and stands still for pairs of which one has no label in the batch.
struct grad_vac {
    static constexpr std::string_view name = "grad_vac";
    static constexpr bool wants_gramian = true;
    double share = 0.5; ///< of a step's cosine in the running mean; in (0, 1]

    /// The rule and its options in words, as a checkpoint records them.
    std::string text() const { return join({name, ", share ", share}); }

    struct state {
        step_numbers numbers;
        drafted cosine; ///< q, row by row
    };

    /// Throws option_error where the share is out of range.
    state start(setting const& given) const {
        if (!(share > 0 && share <= 1)) throw option_error({"grad_vac.share: ", share, ", must be in (0, 1]"});
        return {step_numbers(given), drafted(given, [](auto const& stage) { return stage.attributes * stage.attributes; }, 0)};
    }
    void weigh(state& s, observation const& seen, std::span<double> weights) const {
        auto const cosine = s.cosine.draft(seen.stage, weights.size() * weights.size());
        gramian_block const block(name, seen);
        auto const usual = [&](Eigen::Index i, Eigen::Index j) -> double& {
            return cosine[block.attribute(i) * weights.size() + block.attribute(j)];
        };
        block.place_weights(own(block.gramian, usual, random_orders(s.numbers.stream(seen.stage))), weights);
    }
    void learn(state& s, observation const& seen) const {
        s.cosine.keep(seen.stage, seen.losses.size() * seen.losses.size());
        s.numbers.advance(seen.stage);
    }
    template <class F>
    void visit(state& s, F&& f) const {
        s.numbers.visit(f);
        s.cosine.visit("cosine", f);
    }

    /// `usual(i, j)` is the running mean, which is moved; `order(n)` gives 0 to n - 1 in the order in which the others are met.
    template <class Usual, class Order>
    column own(square_matrix const& gramian, Usual const& usual, Order order) const {
        constexpr double tiny = 1e-150; // of which the square is still a number
        column sum = column::Zero(gramian.rows());
        for (Eigen::Index i = 0; i < gramian.rows(); ++i) {
            column c = column::Unit(gramian.rows(), i), products = gramian.col(i);
            for (Eigen::Index const j : order(gramian.rows())) {
                if (j == i) continue;
                double const length = std::sqrt(std::max(products.dot(c), 0.0)), other = std::sqrt(gramian(j, j));
                double const p = products[j] / (length * other + tiny), q = usual(i, j);
                if (p < q) {
                    double const sine = std::sqrt(std::max(1 - p * p, 0.0)), wanted = std::sqrt(std::max(1 - q * q, 0.0));
                    double const part = length * (q * sine - p * wanted) / (other * wanted + tiny);
                    c[j] += part;
                    products += part * gramian.col(j);
                }
                usual(i, j) += share * (p - q);
            }
            sum += c;
        }
        return sum;
    }
};
static_assert(policy<grad_vac>);

} // namespace mcfa::weighting
