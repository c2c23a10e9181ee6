// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/score/binary_counts.hpp>
#include <mcfa/score/ranked_column.hpp>

#include <cmath>
#include <cstddef>
#include <optional>
#include <vector>

namespace mcfa::score {

/// Which figure a chosen threshold makes best.
enum class threshold_rule { balanced_accuracy, f1 };

/// The threshold of an attribute, 0 to 1, with the best figure on a `ranked_column`: an attribute is said if its probability is above its
/// threshold. It lies midway between two probabilities that occur, or between the least and 0; of several equally good ones it is
/// the one nearest to 0.5. None where the labels are of one class alone.
inline std::optional<double> best_threshold(std::vector<ranked_sample> const& column, threshold_rule rule) {
    binary_counts counts;
    for (auto const& sample : column) counts.add(false, sample.positive);
    if (counts.positives() == 0 || counts.negatives() == 0) return std::nullopt;
    std::optional<double> best;
    double best_figure = 0;
    for (std::size_t i = 0; i < column.size() && column[i].probability > 0; ++i) {
        (column[i].positive ? counts.true_positive : counts.false_positive) += 1; // said from here on
        (column[i].positive ? counts.false_negative : counts.true_negative) -= 1;
        if (!ends_a_tie(column, i)) continue;
        double const below = i + 1 < column.size() ? column[i + 1].probability : 0;
        double const threshold = (column[i].probability + below) / 2;
        double const figure = rule == threshold_rule::f1 ? counts.f1() : counts.balanced_accuracy();
        bool const nearer = best && figure == best_figure && std::abs(threshold - 0.5) < std::abs(*best - 0.5);
        if (!best || figure > best_figure || nearer) best = threshold, best_figure = figure;
    }
    return best;
}

/// The best threshold of each attribute; 0.5 where there is none.
inline std::vector<double> best_thresholds(attribute_samples const& samples, threshold_rule rule) {
    std::vector<double> all;
    for (std::size_t k = 0; k < samples.attributes(); ++k) all.push_back(best_threshold(ranked_column(samples, k), rule).value_or(0.5));
    return all;
}

} // namespace mcfa::score
