// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/geometry.hpp>
#include <mcfa/core/ranking.hpp>
#include <mcfa/score/precision_recall.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace mcfa::detect {

/// How well faces are found on annotated photos. On each photo the found boxes, from the most probable down, take the true face that they overlap most (least
/// intersection over union `overlap`) and that none has taken before; the others are false alarms. A box that takes none but lies on a region to be
/// ignored, by 0.3 of intersection over union or half of its own area, counts neither way.
class detection_score {
public:
    static constexpr int false_alarm = -1, ignored = -2;

    explicit detection_score(float overlap = 0.5f) : overlap_(overlap) {}

    /// One photo. Returns for each found box the number of its true face, `false_alarm` or `ignored`.
    std::vector<int> add(std::span<box const> found, std::span<float const> scores, std::span<box const> truth,
                         std::span<box const> regions = {}) {
        std::vector<int> verdicts(found.size(), false_alarm);
        std::vector<bool> taken(truth.size());
        for (std::size_t const i : ranked(std::vector<double>(scores.begin(), scores.end()))) {
            float most = overlap_;
            for (std::size_t t = 0; t < truth.size(); ++t)
                if (float const shared = iou(found[i], truth[t]); !taken[t] && shared >= most)
                    most = shared, verdicts[i] = static_cast<int>(t);
            if (verdicts[i] >= 0) taken[verdicts[i]] = true;
            else if (std::any_of(regions.begin(), regions.end(), [&](box const& region) { return lies_on(found[i], region); }))
                verdicts[i] = ignored;
            if (verdicts[i] != ignored) all_.emplace_back(scores[i], verdicts[i] >= 0);
        }
        faces_ += truth.size();
        ++photos_;
        return verdicts;
    }

    std::size_t photos() const { return photos_; }
    std::size_t faces() const { return faces_; }

    /// Area under precision over recall, where precision is the best at that recall or any higher one. 0 to 1; 0 where there are no faces.
    double average_precision() const {
        auto const curve = sorted();
        double area = 0, best = 0, right = 0;
        std::vector<double> precision;
        for (std::size_t i = 0; i < curve.size(); ++i) {
            right += curve[i].second;
            precision.push_back(right / static_cast<double>(i + 1));
        }
        for (std::size_t i = curve.size(); i-- > 0;) {
            best = std::max(best, precision[i]);
            if (curve[i].second) area += best;
        }
        return faces_ > 0 ? area / static_cast<double>(faces_) : 0;
    }

    /// Precision and recall at each distinct score, from the highest down; none if there are no faces.
    std::vector<score::precision_recall_point> curve() const {
        std::vector<score::precision_recall_point> points;
        auto const all = sorted();
        double right = 0;
        for (std::size_t i = 0; i < all.size() && faces_ > 0; ++i) {
            right += all[i].second;
            if (i + 1 == all.size() || all[i + 1].first < all[i].first)
                points.push_back({all[i].first, right / static_cast<double>(i + 1), right / static_cast<double>(faces_)});
        }
        return points;
    }

    /// Share of the faces that is found at the lowest threshold with at most that number of false alarms over all photos.
    double recall_at(std::size_t false_alarms) const {
        auto const curve = sorted();
        std::size_t right = 0, wrong = 0, best = 0;
        for (std::size_t i = 0; i < curve.size(); ++i) {
            (curve[i].second ? right : wrong) += 1;
            if (wrong > false_alarms) break;
            if (i + 1 == curve.size() || curve[i + 1].first < curve[i].first) best = right; // a threshold cannot part equal scores
        }
        return faces_ > 0 ? static_cast<double>(best) / static_cast<double>(faces_) : 0;
    }

private:
    static bool lies_on(box found, box region) { return iou(found, region) >= 0.3f || intersection(found, region) >= found.area() / 2; }

    /// From the highest score down; of equal ones the false alarms first.
    std::vector<std::pair<float, bool>> sorted() const {
        auto curve = all_;
        std::sort(curve.begin(), curve.end(),
                  [](auto const& a, auto const& b) { return a.first != b.first ? a.first > b.first : a.second < b.second; });
        return curve;
    }

    float overlap_;
    std::vector<std::pair<float, bool>> all_; ///< score, and whether it is a face
    std::size_t photos_ = 0, faces_ = 0;
};

} // namespace mcfa::detect
