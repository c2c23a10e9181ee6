// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/score/ranked_column.hpp>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace mcfa::score {

/// The samples whose probability lies in one of several equally wide bins of 0 to 1.
struct calibration_bin {
    double probability = 0; ///< their mean
    double positive = 0;    ///< share of them that is positive
    std::size_t samples = 0;
};

/// The bins of a `ranked_column` that hold samples, from the least probable up. A probability of 1 belongs to the last. Where a net is calibrated,
/// `probability` and `positive` agree.
inline std::vector<calibration_bin> calibration_curve(std::vector<ranked_sample> const& column, std::size_t bins = 10) {
    std::vector<calibration_bin> all(bins);
    for (auto const& sample : column) {
        auto& bin = all[std::min(static_cast<std::size_t>(static_cast<double>(sample.probability) * static_cast<double>(bins)), bins - 1)];
        bin.probability += sample.probability;
        bin.positive += sample.positive;
        ++bin.samples;
    }
    std::erase_if(all, [](calibration_bin const& bin) { return bin.samples == 0; });
    for (auto& bin : all) {
        bin.probability /= static_cast<double>(bin.samples);
        bin.positive /= static_cast<double>(bin.samples);
    }
    return all;
}

} // namespace mcfa::score
