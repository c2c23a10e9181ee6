// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/train/validation.hpp>
#include <mcfa/weighting/conflict.hpp>

#include <cstdint>
#include <vector>

namespace mcfa {

/// What one epoch was: training losses and weights of every stage and term, validation results, time.
struct epoch_report {
    int epoch = 0; ///< from 1
    std::int64_t steps = 0;
    double seconds = 0;
    double images_per_second = 0;               ///< training windows, each seen at all stages' sizes
    double rate = 0;                            ///< of the epoch's last step
    std::vector<std::vector<double>> losses;    ///< per term, over labelled samples
    std::vector<std::vector<double>> weights;   ///< per weighted term, mean over the epoch's steps
    std::vector<weighting::conflict> conflicts; ///< per stage; not measured, unless the policy wants the Gramian
    evaluation_results validated;
    double monitored = 0;
    bool best = false;
};

} // namespace mcfa
