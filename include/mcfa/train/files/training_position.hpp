// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace mcfa {

/// Where a training stands between two epochs.
struct training_position {
    int epoch = 0; ///< epochs that are finished
    std::int64_t steps = 0;
    double best = 0; ///< the monitored figure's best value so far
    int best_epoch = 0;
    int schedule_epoch = 0; ///< after which the schedule began: not 0 where a finished training was given more epochs
    std::int64_t schedule_steps = 0;
};

} // namespace mcfa
