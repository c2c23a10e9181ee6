// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/score/ranked_column.hpp>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace mcfa::score {

/// Precision and recall of the positive class where everything of at least this probability is said.
struct precision_recall_point {
    double threshold = 0, precision = 0, recall = 0;
};

/// A point for each distinct probability of a `ranked_column`, from the highest down; none where no sample is positive.
inline std::vector<precision_recall_point> precision_recall_curve(std::vector<ranked_sample> const& column) {
    auto const positives = static_cast<double>(std::ranges::count(column, true, &ranked_sample::positive));
    std::vector<precision_recall_point> curve;
    if (positives == 0) return curve;
    double right = 0;
    for (std::size_t i = 0; i < column.size(); ++i) {
        right += column[i].positive;
        if (ends_a_tie(column, i)) curve.push_back({column[i].probability, right / static_cast<double>(i + 1), right / positives});
    }
    return curve;
}

} // namespace mcfa::score
