// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/weighting/labelled.hpp>
#include <mcfa/weighting/per_stage.hpp>

#include <algorithm>
#include <cmath>

namespace mcfa::weighting {

/// Impartial losses, IMTL-L (Liu et al., ICLR 2021). Each attribute has a log scale s_k, learned by gradient descent on
///
///     J(s) = sum_k e^{s_k} L_k - s_k,   dJ/ds_k = e^{s_k} L_k - 1,   optimum e^{s_k} = 1 / L_k
///
/// and w_k = e^{s_k} / mean e^s: all weighted losses become equal. s starts at 0. The gradient is bounded to [-1, 1] and s to [-30, 30].
/// An attribute without a labelled sample (NaN) stands still.
struct imtl_l {
    static constexpr std::string_view name = "imtl_l";
    double rate = 0.02; ///< in (0, 1]

    /// The rule and its options in words, as a checkpoint records them.
    std::string text() const { return join({name, ", rate ", rate}); }

    struct state {
        per_stage log_scale;
    };

    /// Throws option_error where the rate is out of range.
    state start(setting const& given) const {
        if (!(rate > 0 && rate <= 1)) throw option_error({"imtl_l.rate: ", rate, ", must be in (0, 1]"});
        return {per_stage(given, attributes_of, 0)};
    }
    void weigh(state& s, observation const& seen, std::span<double> weights) const {
        auto const log_scale = s.log_scale.at(seen.stage, weights.size());
        softmax_to_mean_one(log_scale, weights);
    }
    void learn(state& s, observation const& seen) const {
        auto const log_scale = s.log_scale.at(seen.stage, seen.losses.size());
        for (std::size_t const k : labelled_in(seen.losses)) {
            double const gradient = std::min(std::exp(log_scale[k]) * seen.losses[k] - 1, 1.0);
            log_scale[k] = std::clamp(log_scale[k] - rate * gradient, -30.0, 30.0);
        }
    }
    template <class F>
    void visit(state& s, F&& f) const {
        s.log_scale.visit("log_scale", f);
    }
};
static_assert(policy<imtl_l>);

} // namespace mcfa::weighting
