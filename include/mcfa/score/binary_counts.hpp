// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/score/measured_ratio.hpp>

#include <algorithm>

namespace mcfa::score {

/// How often a yes or no was right, and the usual figures of it, 0 to 1. A figure that no sample supports is `not_measured`: recall and F1
/// without a positive sample, specificity without a negative one.
struct binary_counts {
    double true_positive = 0, false_positive = 0, true_negative = 0, false_negative = 0;

    void add(bool said, bool is, double weight = 1) {
        (is ? (said ? true_positive : false_negative) : (said ? false_positive : true_negative)) += weight;
    }

    double positives() const { return true_positive + false_negative; }
    double negatives() const { return true_negative + false_positive; }
    double total() const { return positives() + negatives(); }
    double accuracy() const { return measured_ratio(true_positive + true_negative, total()); }
    double recall() const { return measured_ratio(true_positive, positives()); }
    double specificity() const { return measured_ratio(true_negative, negatives()); }
    /// Of the positive class: 2 TP / (2 TP + FP + FN).
    double f1() const {
        return positives() > 0 ? measured_ratio(2 * true_positive, 2 * true_positive + false_positive + false_negative) : not_measured;
    }
    /// Mean of recall and specificity. Where one class never occurs, the other's rate stands alone.
    double balanced_accuracy() const {
        if (positives() == 0) return specificity();
        if (negatives() == 0) return recall();
        return (recall() + specificity()) / 2;
    }
    /// Of always naming the more frequent class.
    double baseline_accuracy() const { return measured_ratio(std::max(positives(), negatives()), total()); }
};

} // namespace mcfa::score
