// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/score/attribute_samples.hpp>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace mcfa::score {

/// A face with a label for an attribute.
struct ranked_sample {
    float probability = 0;
    bool positive = false;
    std::size_t face = 0;
};

/// The faces that have a label for an attribute, from the most probable down.
inline std::vector<ranked_sample> ranked_column(attribute_samples const& samples, std::size_t attribute) {
    std::vector<ranked_sample> column;
    for (std::size_t n = 0; n < samples.size(); ++n)
        if (int const label = samples.label(n, attribute); label != 0) column.push_back({samples.probability(n, attribute), label > 0, n});
    std::stable_sort(column.begin(), column.end(), [](auto const& a, auto const& b) { return a.probability > b.probability; });
    return column;
}

/// Whether sample i is the last of those with its probability: no threshold parts equal ones.
inline bool ends_a_tie(std::vector<ranked_sample> const& column, std::size_t i) {
    return i + 1 == column.size() || column[i + 1].probability < column[i].probability;
}

} // namespace mcfa::score
