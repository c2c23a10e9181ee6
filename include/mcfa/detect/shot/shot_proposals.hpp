// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/geometry.hpp>
#include <mcfa/detect/calibration.hpp>
#include <mcfa/detect/detection_limits_met.hpp>
#include <mcfa/detect/detector_options.hpp>
#include <mcfa/detect/propose/proposals.hpp>
#include <mcfa/detect/propose/pyramid.hpp>
#include <mcfa/detect/single_shot_detector.hpp>
#include <mcfa/detect/time_budget.hpp>
#include <mcfa/image/frame.hpp>

#include <algorithm>
#include <vector>

namespace mcfa::detect {

/// The windows of the faces that a single_shot finds, the most probable first. One thread uses it at a time. `T` is the cascade's scalar, whose features
/// they do not carry.
template <class T, class Finder>
class shot_proposals {
public:
    /// What the single_shot looks for, where its faces are a cascade's proposals.
    static detector_options sought(detector_options const& cascade) {
        detector_options options = cascade;
        options.thresholds = {cascade.finder_threshold};
        options.containment = 1;
        options.budget = cascade.budget / 2;
        return options;
    }

    /// Both must outlive it.
    shot_proposals(single_shot_detector<Finder> const& find, detector_options const& options) : find_(find), options_(options) {}

    /// Of those whose middle lies in `searched`. They live until the next call. The detector keeps its own share of the time.
    std::vector<proposal<T>>& operator()(image::frame const& photo, band searched, time_budget const&, double, detection_limits_met& met) {
        find_.into(faces_, photo, &met);
        proposals_.clear();
        for (auto const& face : faces_) {
            float const down = face.box.centre().y / static_cast<float>(photo.height()) * static_cast<float>(searched.count);
            if (std::clamp(static_cast<int>(down), 0, searched.count - 1) != searched.index) continue;
            proposals_.push_back({face.probability, calibrated(face.window, face.box, options_.context), {}});
        }
        return proposals_;
    }

private:
    single_shot_detector<Finder> const& find_;
    detector_options const& options_;
    std::vector<typename single_shot_detector<Finder>::face> faces_;
    std::vector<proposal<T>> proposals_;
};

} // namespace mcfa::detect
