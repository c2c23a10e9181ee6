// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/geometry.hpp>
#include <mcfa/core/ranking.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace mcfa::detect {

/// How two boxes are compared: intersection over union, or over the smaller box's area, which also sees a box inside another.
enum class overlap_measure { union_area, smaller_area };

/// 0 to 1; 0 where a box is empty.
constexpr float overlap_of(box a, box b, overlap_measure measure) {
    if (measure == overlap_measure::union_area) return iou(a, b);
    float const smaller = std::min(a.area(), b.area());
    return smaller > 0 ? intersection(a, b) / smaller : 0.0f;
}

/// Greedy non-maximum suppression: from the highest score down, a box is kept if its overlap with every box kept before is at most `most`.
/// Returns the positions of the kept boxes, highest score first; of equal scores the earlier box comes first. `scores` is as long as `boxes`.
inline std::vector<std::size_t> suppress(std::span<box const> boxes, std::span<float const> scores, float most,
                                         overlap_measure measure = overlap_measure::union_area) {
    std::vector<std::size_t> kept;
    for (std::size_t const i : ranked(std::vector<double>(scores.begin(), scores.end())))
        if (std::ranges::none_of(kept, [&](std::size_t k) { return overlap_of(boxes[i], boxes[k], measure) > most; })) kept.push_back(i);
    return kept;
}

} // namespace mcfa::detect
