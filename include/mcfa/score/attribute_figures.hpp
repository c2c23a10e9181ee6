// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/score/attribute_samples.hpp>
#include <mcfa/score/binary_counts.hpp>
#include <mcfa/score/impossible.hpp>
#include <mcfa/score/ranked_column.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace mcfa::score {

/// Where the figures of an attribute stand in a row, in the order of `attribute_figure_names`.
struct attribute_figure {
    enum place : std::size_t {
        accuracy,
        baseline_accuracy,
        balanced_accuracy,
        recall,
        f1,
        average_precision,
        accuracy_at_threshold,
        balanced_accuracy_at_threshold,
        f1_at_threshold,
        impossible,
        impossible_at_threshold,
        count
    };
};

inline constexpr std::array<std::string_view, attribute_figure::count> attribute_figure_names{
    "accuracy",
    "baseline_accuracy",
    "balanced_accuracy",
    "recall",
    "f1",
    "average_precision",
    "accuracy_at_threshold",
    "balanced_accuracy_at_threshold",
    "f1_at_threshold",
    "impossible",
    "impossible_at_threshold",
};

using attribute_row = std::array<double, attribute_figure::count>;

/// The figures that the field prints of binary attributes, all 0 to 1, at a threshold of 0.5 and at given ones. `not_measured` where no face
/// supports a figure. Average precision is the sum of precision times the growth of recall over the distinct probabilities, from the highest
/// down, without interpolation, as scikit-learn has it. Sorted once, so that a bootstrap can ask many times.
class attribute_scorer {
public:
    /// `thresholds`, one for each attribute or none at all; without any the figures at thresholds are not measured.
    /// Throws `option_error` for another number.
    explicit attribute_scorer(attribute_samples const& samples, std::vector<double> thresholds = {})
        : names_(samples.attributes()), faces_(samples.size()), thresholds_(std::move(thresholds)) {
        if (!thresholds_.empty() && thresholds_.size() != names_)
            throw option_error({"attribute thresholds: ", thresholds_.size(), " are given for ", names_, " attributes"});
        for (std::size_t n = 0; n < faces_; ++n) groups_.push_back(samples.group(n));
        for (std::size_t k = 0; k < names_; ++k) columns_.push_back(ranked_column(samples, k));
        impossible_combinations const rules(samples.names());
        if (rules.empty()) return;
        for (std::size_t n = 0; n < faces_; ++n) {
            broken_.push_back(rules.in([&](std::size_t k) { return samples.probability(n, k) > 0.5f; }));
            if (!thresholds_.empty())
                broken_at_thresholds_.push_back(rules.in([&](std::size_t k) { return samples.probability(n, k) > thresholds_[k]; }));
        }
    }

    std::size_t attributes() const { return names_; }

    /// A row for each attribute, then the mean of each figure over the attributes that have it. The share of faces of which impossible combinations are
    /// said is a figure of all attributes together, in the last row alone.
    /// `weights`, one for each group, say how often its faces count; without any each counts once.
    std::vector<attribute_row> operator()(std::span<double const> weights = {}) const {
        std::vector<attribute_row> rows(names_ + 1);
        for (auto& row : rows) row.fill(not_measured);
        for (std::size_t k = 0; k < names_; ++k) score(k, weights, rows[k]);
        for (std::size_t f = 0; f < attribute_figure::impossible; ++f) {
            double sum = 0, n = 0;
            for (std::size_t k = 0; k < names_; ++k)
                if (!std::isnan(rows[k][f])) sum += rows[k][f], n += 1;
            rows.back()[f] = measured_ratio(sum, n);
        }
        rows.back()[attribute_figure::impossible] = share_of(broken_, weights);
        rows.back()[attribute_figure::impossible_at_threshold] = share_of(broken_at_thresholds_, weights);
        return rows;
    }

private:
    double weight(std::span<double const> weights, std::size_t face) const { return weights.empty() ? 1 : weights[groups_[face]]; }

    void score(std::size_t k, std::span<double const> weights, attribute_row& row) const {
        auto const& column = columns_[k];
        double const threshold = thresholds_.empty() ? 0.5 : thresholds_[k];
        binary_counts at_half, at_threshold;
        double right = 0, said = 0, before = 0, area = 0;
        for (std::size_t i = 0; i < column.size(); ++i) {
            auto const& sample = column[i];
            double const w = weight(weights, sample.face);
            at_half.add(sample.probability > 0.5f, sample.positive, w);
            at_threshold.add(sample.probability > threshold, sample.positive, w);
            said += w;
            if (sample.positive) right += w;
            if (ends_a_tie(column, i) && right > before) area += (right - before) * right / said, before = right;
        }
        row[attribute_figure::accuracy] = at_half.accuracy();
        row[attribute_figure::baseline_accuracy] = at_half.baseline_accuracy();
        row[attribute_figure::balanced_accuracy] = at_half.balanced_accuracy();
        row[attribute_figure::recall] = at_half.recall();
        row[attribute_figure::f1] = at_half.f1();
        row[attribute_figure::average_precision] = measured_ratio(area, right);
        if (thresholds_.empty()) return;
        row[attribute_figure::accuracy_at_threshold] = at_threshold.accuracy();
        row[attribute_figure::balanced_accuracy_at_threshold] = at_threshold.balanced_accuracy();
        row[attribute_figure::f1_at_threshold] = at_threshold.f1();
    }

    double share_of(std::vector<bool> const& broken, std::span<double const> weights) const {
        double sum = 0, all = 0;
        for (std::size_t n = 0; n < broken.size(); ++n) {
            double const w = weight(weights, n);
            all += w;
            if (broken[n]) sum += w;
        }
        return measured_ratio(sum, all);
    }

    std::size_t names_, faces_;
    std::vector<double> thresholds_;
    std::vector<std::size_t> groups_;                 ///< by face
    std::vector<std::vector<ranked_sample>> columns_; ///< by attribute
    std::vector<bool> broken_, broken_at_thresholds_; ///< by face; empty where there is nothing to break
};

} // namespace mcfa::score
