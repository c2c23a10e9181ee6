// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/random.hpp>
#include <mcfa/score/measured_ratio.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace mcfa::score {

/// From where to where a figure lies; `not_measured` where it has no interval.
struct interval {
    double low = not_measured, high = not_measured;
};

struct bootstrap_options {
    int replicates = 1000;
    double level = 0.95; ///< 0 to 1, without both
    mcfa::seed seed{1};
};

/// The quantile at `share` (0 to 1) of sorted values, linear between neighbours as NumPy has it.
inline double quantile(std::span<double const> sorted, double share) {
    double const at = share * static_cast<double>(sorted.size() - 1);
    auto const below = static_cast<std::size_t>(at);
    double const above = sorted[std::min(below + 1, sorted.size() - 1)];
    return sorted[below] + (at - static_cast<double>(below)) * (above - sorted[below]);
}

/// Percentile intervals by resampling groups with replacement (Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, 13.3). A group is a
/// person, or a photo where persons are not known; all its samples come and go together.
/// `measure(weights, figures)` fills `figures` numbers from how often each of `groups` groups was drawn. A figure that fewer than half of the replicates
/// support has no interval, and so has none where there is only one group. Deterministic. Throws `option_error` for options out of range.
template <class Measure>
std::vector<interval> bootstrap(std::size_t groups, std::size_t figures, Measure&& measure, bootstrap_options const& options = {}) {
    if (options.replicates < 2) throw option_error({"bootstrap: replicates is ", options.replicates, ", must be at least 2"});
    if (!(options.level > 0 && options.level < 1)) throw option_error({"bootstrap: level is ", options.level, ", must be between 0 and 1"});
    std::vector<interval> intervals(figures);
    if (groups < 2) return intervals;
    auto const replicates = static_cast<std::size_t>(options.replicates);
    std::vector<std::vector<double>> found(figures);
    std::vector<double> weights(groups), values(figures);
    for (std::size_t r = 0; r < replicates; ++r) {
        random_stream random{split_key(options.seed.value, r)};
        std::fill(weights.begin(), weights.end(), 0.0);
        for (std::size_t g = 0; g < groups; ++g) weights[random.below(groups)] += 1;
        measure(std::span<double const>(weights), std::span<double>(values));
        for (std::size_t f = 0; f < figures; ++f)
            if (!std::isnan(values[f])) found[f].push_back(values[f]);
    }
    for (std::size_t f = 0; f < figures; ++f) {
        if (2 * found[f].size() < replicates) continue;
        std::sort(found[f].begin(), found[f].end());
        intervals[f] = {quantile(found[f], (1 - options.level) / 2), quantile(found[f], (1 + options.level) / 2)};
    }
    return intervals;
}

} // namespace mcfa::score
