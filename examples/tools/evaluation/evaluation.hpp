// SPDX-License-Identifier: MIT
#pragma once

#include "evaluation/judged_faces.hpp"

#include <mcfa/score/attribute_intervals.hpp>

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <string>
#include <vector>

/// The figures of a split, with 95 % intervals: rows of attributes, the last of their means.
struct evaluation {
    /// `thresholds`, one for each attribute or none; `replicates` of the bootstrap, 0 for no intervals.
    evaluation(judged_faces const& faces, std::vector<double> thresholds, int replicates);

    std::vector<std::string> names;
    std::vector<double> thresholds;               ///< none: 0.5 alone was looked at
    std::vector<std::size_t> labelled, positives; ///< faces, by attribute
    std::vector<mcfa::score::attribute_row> rows;
    std::vector<mcfa::score::interval_row> intervals;
    double landmark_error = mcfa::not_measured; ///< mean over faces
    mcfa::score::interval landmark_interval;
    double impossible_labels = mcfa::not_measured; ///< share of faces whose labels are an impossible combination
    std::size_t faces = 0, groups = 0, persons = 0;
};

/// A table of the attributes, their means and intervals, on standard output.
void print(evaluation const& e);

/// The same as JSON: `attributes`, `mean`, `nme_interval`, ... What was not measured is null.
nlohmann::json to_json(evaluation const& e);

/// A figure as it is printed: "-" where no photo had a label for it.
std::string shown(double figure, char const* format = "%.4f");
