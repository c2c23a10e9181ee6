// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/weighting/harder_first_on_backend.hpp>
#include <mcfa/weighting/mean_one.hpp>
#include <mcfa/weighting/per_stage.hpp>

#include <algorithm>
#include <cmath>

namespace mcfa::weighting {

/// The weights of MCFA: each stage has a small unit, linear in the stage's feature, whose weights lean to the harder attributes.
///
///     u = K softmax(a),   a = W x + c,   x = h / |h|,   h the batch's mean feature, W and c start at 0 (so u starts at 1)
///
/// learned by natural gradient descent on J(u) = - sum_k (u_k / K) (L_k / mean L) + T KL(u / K || uniform), losses and feature
/// held constant. The optimum is u_k = K softmax_k((L_k / mean L) / T).
/// x has length 1 (0 where the batch has no feature), so the step W -= rate n x' / (1 + |x|^2), c -= rate n / (1 + |x|^2)
/// with n from `arithmetic::harder_first_gradient` moves a at this very x by exactly -rate n, however large the features are. The logits are
/// thus a running mean of L_k / (T mean L) over about 1 / rate steps: a noisy batch moves them little, thousands of steps do not
/// make them drift, and the speed depends neither on K nor on T.
/// An attribute without a labelled sample (NaN) counts as having the mean loss in this step; a step without any loss is skipped.
struct harder_first {
    static constexpr std::string_view name = "harder_first";
    double temperature = 1; ///< T, positive: large is uniform, small the hardest alone
    double rate = 0.01;     ///< share of the way to the optimum that one step goes; in (0, 1]

    struct state {
        per_stage weight; ///< W, attributes x features, row by row
        per_stage bias;   ///< c
    };

    /// The rule and its options in words, as a checkpoint records them.
    std::string text() const { return join({name, ", temperature ", temperature, ", rate ", rate}); }

    /// The same rule on a backend that keeps losses and features to itself.
    template <class T, class B>
        requires runs<B, harder_first_step<T>>
    using on_backend = harder_first_on_backend<T, B>;

    /// Throws option_error where an option is out of range.
    state start(setting const& given) const {
        if (!(temperature > 0)) throw option_error({"harder_first.temperature: ", temperature, ", must be positive"});
        if (!(rate > 0 && rate <= 1)) throw option_error({"harder_first.rate: ", rate, ", must be in (0, 1]"});
        return {per_stage(
                    given, [](auto const& stage) { return std::size_t(stage.attributes) * std::size_t(stage.features); }, 0),
                per_stage(given, attributes_of, 0)};
    }
    /// An empty feature counts as zero; throws shape_error where sizes are not those of `start`.
    void weigh(state& s, observation const& seen, std::span<double> weights) const {
        auto const a = logits(s, seen, direction(seen.features), weights.size());
        softmax_to_mean_one(a, weights);
    }
    void learn(state& s, observation const& seen) const {
        std::size_t const attributes = seen.losses.size();
        auto const x = direction(seen.features);
        std::vector<double> gradient(attributes);
        if (!arithmetic::relative_losses([&](std::size_t k) { return seen.losses[k]; }, row<double>{gradient})) return;
        auto const a = logits(s, seen, x, attributes);
        arithmetic::harder_first_gradient(row<double const>{a}, row<double const>{gradient}, temperature, row<double>{gradient});

        double squared = 0;
        for (double const v : x) squared += v * v;
        auto const bias = s.bias.at(seen.stage, attributes);
        auto const weight = x.empty() ? std::span<double>{} : s.weight.at(seen.stage, attributes * x.size());
        for (std::size_t k = 0; k < attributes; ++k) {
            double const step = -rate * gradient[k] / (1 + squared);
            bias[k] += step;
            for (std::size_t i = 0; i < x.size(); ++i) weight[k * x.size() + i] += step * x[i];
        }
    }
    template <class F>
    void visit(state& s, F&& f) const {
        s.weight.visit("weight", f);
        s.bias.visit("bias", f);
    }

private:
    /// h / |h|; zero where h is zero or not finite.
    static std::vector<double> direction(std::span<double const> feature) {
        std::vector<double> x(feature.begin(), feature.end());
        double largest = 0;
        bool finite = true;
        for (double const v : x) {
            largest = std::max(largest, std::abs(v));
            finite = finite && std::isfinite(v);
        }
        if (!finite || largest == 0) return std::vector<double>(x.size(), 0.0);
        double squared = 0;
        for (double& v : x) squared += (v / largest) * (v / largest);
        for (double& v : x) v = v / largest / std::sqrt(squared);
        return x;
    }
    /// a = W x + c.
    static std::vector<double> logits(state& s, observation const& seen, std::vector<double> const& x, std::size_t attributes) {
        auto const bias = s.bias.at(seen.stage, attributes);
        std::vector<double> a(bias.begin(), bias.end());
        if (x.empty()) return a;
        auto const weight = s.weight.at(seen.stage, attributes * x.size());
        for (std::size_t k = 0; k < attributes; ++k)
            for (std::size_t i = 0; i < x.size(); ++i) a[k] += weight[k * x.size() + i] * x[i];
        return a;
    }
};
static_assert(policy<harder_first>);

} // namespace mcfa::weighting
