// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

namespace mcfa {

/// What a limit kept a detector from looking at.
struct detection_limits_met {
    std::size_t candidates_left_out = 0; ///< windows that the first stage took for a face and that `most_candidates` left no room for
    bool out_of_time = false;            ///< whether `budget` kept levels from being swept or windows from being judged
};

} // namespace mcfa
