// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/weighting/solve/gramian_block.hpp>
#include <mcfa/weighting/solve/on_simplex.hpp>

namespace mcfa::weighting {

/// Conflict-averse gradients (Liu et al., NeurIPS 2021). With u the equal weights, g_0 = sum u g and g_w = sum w g,
///
///     w* = argmin w' G u + c |g_0| |g_w| over w >= 0, sum w = 1,   weights u + c |g_0| / |g_w*| w*
///
/// so that of all directions within c |g_0| of the mean the one is taken which serves the worst-off attribute best. Solved by Newton's method on
/// the simplex. Where g_w* is below 1e-5 of the gradients' norm, no direction serves all, and all weigh the same.
struct cagrad {
    static constexpr std::string_view name = "cagrad";
    static constexpr bool wants_gramian = true;
    double radius = 0.4; ///< c, not negative, below 1 in the paper's theory

    /// The rule and its options in words, as a checkpoint records them.
    std::string text() const { return join({name, ", radius ", radius}); }

    /// Throws option_error where the radius is out of range.
    no_state start(setting const&) const {
        if (!(radius >= 0 && std::isfinite(radius))) throw option_error({"cagrad.radius: ", radius, ", must not be negative"});
        return {};
    }
    void weigh(observation const& seen, std::span<double> weights) const { weigh_by_gramian(*this, seen, weights); }

    column own(square_matrix const& gramian) const {
        column const equal = equal_weights(gramian.rows()), along = gramian * equal;
        double const factor = radius * std::sqrt(std::max(equal.dot(along), 0.0)), nothing = 1e-5 * std::sqrt(gramian.trace());
        auto const length = [&](column const& w) { return std::sqrt(std::max(w.dot(gramian * w), 0.0)); };
        auto const value = [&](column const& w) { return w.dot(along) + factor * length(w); };
        column w = equal;
        for (int step = 0; step < 100 && length(w) > nothing; ++step) {
            double const t = length(w);
            column const image = gramian * w, slope = along + factor / t * image;
            square_matrix curvature = factor / t * (gramian - image * image.transpose() / (t * t));
            curvature.diagonal().array() += 1e-7 * gramian.trace(); // equal gradients are given equal parts
            column const d = least_on_simplex(curvature, slope - curvature * w, w) - w;
            double part = 1;
            while (part > 1e-9 && !(value(w + part * d) <= value(w) + 1e-4 * part * slope.dot(d))) part /= 2;
            w = (w + part * d).cwiseMax(0.0);
            if (!(part * d.cwiseAbs().maxCoeff() > 1e-11)) break;
        }
        if (!(length(w) > nothing)) return column::Zero(gramian.rows());
        return equal + factor / length(w) * w;
    }
};
static_assert(policy<cagrad>);

} // namespace mcfa::weighting
