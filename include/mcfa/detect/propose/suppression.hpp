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

/// Greedy non-maximum suppression of the boxes that were added since the last `clear`. Its memory is used again.
class suppression {
public:
    void clear() {
        boxes_.clear();
        scores_.clear();
    }
    void add(box where, float score) {
        boxes_.push_back(where);
        scores_.push_back(static_cast<double>(score));
    }

    /// From the highest score down, a box is kept if its overlap with every box kept before is at most `most`. The positions of the kept boxes,
    /// highest score first; of equal scores the earlier box comes first. They live until the next call.
    std::span<std::size_t const> kept(float most, overlap_measure measure = overlap_measure::union_area) {
        rank(scores_, order_);
        kept_.clear();
        for (std::size_t const i : order_)
            if (std::ranges::none_of(kept_, [&](std::size_t k) { return overlap_of(boxes_[i], boxes_[k], measure) > most; }))
                kept_.push_back(i);
        return kept_;
    }

private:
    std::vector<box> boxes_;
    std::vector<double> scores_;
    std::vector<std::size_t> order_, kept_;
};

} // namespace mcfa::detect
