// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/geometry.hpp>
#include <mcfa/core/ranking.hpp>
#include <mcfa/score/precision_recall.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

namespace mcfa::detect {

/// The subsets of WIDER FACE's evaluation; each holds the one before it.
inline constexpr std::array<std::string_view, 3> wider_subsets{"easy", "medium", "hard"};

/// The boxes of one photo, and for each whether a subset counts it.
struct wider_truth {
    std::vector<box> boxes;
    std::array<std::vector<bool>, 3> counted; ///< by subset, as long as `boxes`
};

/// Average precision and highest recall of a subset, 0 to 1; both 0 if it counts no box.
struct wider_figures {
    double average_precision = 0, recall = 0;
};

/// Average precision as WIDER FACE's own evaluation computes it (Yang, Luo, Loy, Tang, CVPR 2016). Scores are mapped linearly, the least of all
/// photos to 0 and the largest to 1. On a photo, faces by falling score are each given to the box that they overlap most, boxes taken one
/// pixel wider and higher; below an intersection over union of 0.5 they are false. A box that the subset does not count swallows what is
/// given to it; a second face of one box is false. Precision and recall are taken at the 1000 thresholds 0.999, 0.998 ... 0.
class wider_score {
public:
    static constexpr std::size_t thresholds = 1000;

    /// One photo: boxes found and their scores, as long as one another, the scores finite and in any unit.
    void add(std::span<box const> found, std::span<float const> scores, wider_truth const& truth) {
        std::array<std::vector<bool>, 3> met;
        for (std::size_t s = 0; s < met.size(); ++s) {
            met[s].resize(truth.boxes.size());
            boxes_[s] += static_cast<std::size_t>(std::ranges::count(truth.counted[s], true));
        }
        for (std::size_t const i : ranked(std::vector<double>(scores.begin(), scores.end()))) {
            least_ = std::min(least_, scores[i]);
            most_ = std::max(most_, scores[i]);
            if (truth.boxes.empty()) continue; // as the published evaluation: a photo without boxes counts no false alarm
            std::size_t best = 0;
            double overlap = -1;
            for (std::size_t t = 0; t < truth.boxes.size(); ++t)
                if (double const shared = pixel_overlap(found[i], truth.boxes[t]); shared > overlap) overlap = shared, best = t;
            judged face{scores[i], {}, {}};
            for (std::size_t s = 0; s < met.size(); ++s) {
                bool const meets = overlap >= 0.5;
                face.counts[s] = !meets || truth.counted[s][best];
                face.hits[s] = meets && truth.counted[s][best] && !met[s][best];
                if (face.hits[s]) met[s][best] = true;
            }
            faces_.push_back(face);
        }
    }

    /// Boxes that a subset counts on all photos.
    std::size_t boxes(std::size_t subset) const { return boxes_[subset]; }

    /// Precision and recall at each of the thresholds, from the highest down; none if no face was found, or no box counts.
    std::vector<score::precision_recall_point> curve(std::size_t subset) const {
        std::vector<score::precision_recall_point> points;
        if (faces_.empty() || boxes_[subset] == 0) return points;
        std::vector<double> hits(thresholds + 1), counted(thresholds + 1);
        double const span = most_ > least_ ? static_cast<double>(most_) - static_cast<double>(least_) : 1;
        for (judged const& face : faces_) {
            double const score = (static_cast<double>(face.score) - static_cast<double>(least_)) / span;
            std::size_t const first = first_threshold(score);
            hits[first] += face.hits[subset];
            counted[first] += face.counts[subset];
        }
        auto const all = static_cast<double>(boxes_[subset]);
        double hit = 0, count = 0;
        for (std::size_t t = 1; t <= thresholds; ++t) {
            hit += hits[t], count += counted[t];
            points.push_back({1 - static_cast<double>(t) / thresholds, count > 0 ? hit / count : 0, hit / all});
        }
        return points;
    }

    wider_figures result(std::size_t subset) const {
        auto const points = curve(subset);
        if (points.empty()) return {};
        double area = 0, best = 0;
        for (std::size_t t = points.size(); t-- > 0;) {
            best = std::max(best, points[t].precision);
            area += (points[t].recall - (t > 0 ? points[t - 1].recall : 0)) * best;
        }
        return {area, points.back().recall};
    }

private:
    struct judged {
        float score;
        std::array<bool, 3> hits, counts; ///< by subset
    };

    static double pixel_overlap(box a, box b) {
        auto const wider = [](box x) { return box{x.left, x.top, x.width + 1, x.height + 1}; };
        a = wider(a), b = wider(b);
        double const shared = static_cast<double>(intersection(a, b));
        return shared / (static_cast<double>(a.area()) + static_cast<double>(b.area()) - shared);
    }

    /// The number, from 1, of the first threshold 1 - t / 1000 that a score of 0 to 1 reaches.
    static std::size_t first_threshold(double score) {
        auto t = static_cast<std::size_t>(std::max(1.0, std::floor((1 - score) * thresholds)));
        while (t < thresholds && score < 1 - static_cast<double>(t) / thresholds) ++t;
        return t;
    }

    std::vector<judged> faces_;
    std::array<std::size_t, 3> boxes_{};
    float least_ = std::numeric_limits<float>::max(), most_ = std::numeric_limits<float>::lowest();
};

} // namespace mcfa::detect
