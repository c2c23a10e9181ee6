// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/raise.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace mcfa {

/// What a detector looks for. Sizes are of the face's box, its longer side, in photo pixels.
struct detector_options {
    std::vector<double>
        thresholds{}; ///< one per stage, 0 to 1: the least probability of a face with which a window goes on, and with the last one is a face; none: the model's, which its weights file may hold, or 0.5 each
    float smallest_face = 40;      ///< pixels; half the size costs four times the work
    float largest_face = 0;        ///< pixels; 0: the photo's shorter side
    float factor = 0.709f;         ///< size of a pyramid's level over that of the one before, 0.1 to 0.95
    float context = 1.6f;          ///< side of the window over that of the face's box, as in training (`data::sampling`), 0.5 to 4
    float proposal = 0.5f;         ///< 0 to 1; where the first stage pads: share of its threshold at which the sweep proposes a window
    double finder_threshold = 0.3; ///< 0 to 1; where a single_shot proposes windows: the least probability of a face that it proposes
    float overlap = 0.4f;          ///< most intersection over union of two faces, 0 to 1
    float containment = 0.7f;      ///< most share of a face's box that lies in the box of a more probable one, 0 to 1
    int looks = 1; ///< times that the whole cascade judges a face, each on the window that it moved; 1 to 10: better places against time
    bool mirror =
        false; ///< whether the last look also takes the mirrored window, and reports the mean of both: better places for one more window a face
    bool turned =
        false; ///< whether faces at every angle are looked for, upside down too: four sweeps for one, each face then judged upright
    /// Windows of a photo, of each sweep if `turned`, that are judged, the most probable ones, 0 to 100000; on a crowd several for each face.
    /// 0: as many as faces of the smallest size would fill the photo, and at least 200.
    int most_candidates = 0;
    int batch = 8; ///< windows judged at a time, 1 to 1000: memory against speed
    /// Milliseconds that a photo may take, above 0. Levels are swept from the largest faces to the smallest; one begins only if, as far as the
    /// levels before tell, it ends within half the budget. Then windows are judged, the most probable first, until the time is over. So small
    /// faces are missed first, and a photo takes longer than the budget by one batch at most, or by the coarsest level.
    double budget = std::numeric_limits<double>::infinity();
    std::chrono::steady_clock::time_point (*clock)() = std::chrono::steady_clock::now; ///< by which `budget` is measured

    /// `most_candidates`, or what its 0 stands for on a photo of so many pixels.
    std::size_t candidates_on(int height, int width) const {
        if (most_candidates > 0) return most_candidates;
        double const faces =
            static_cast<double>(height) * width / (static_cast<double>(smallest_face) * static_cast<double>(smallest_face));
        return static_cast<std::size_t>(std::clamp(faces, 200.0, 100000.0));
    }

    /// What is out of its range, if anything.
    std::optional<option_error> problem() const {
        std::optional<option_error> bad;
        auto const within = [&](char const* name, double value, double low, double high) {
            if (!bad && !(value >= low && value <= high))
                bad = option_error({"detector: ", name, " is ", value, ", expected ", low, " to ", high});
        };
        for (double const t : thresholds) within("a threshold", t, 0, 1);
        within("smallest_face", smallest_face, 4, 100000);
        if (largest_face != 0) within("largest_face", largest_face, smallest_face, 100000);
        within("factor", factor, 0.1, 0.95);
        within("context", context, 0.5, 4);
        within("proposal", proposal, 0, 1);
        within("finder_threshold", finder_threshold, 0, 1);
        within("overlap", overlap, 0, 1);
        within("containment", containment, 0, 1);
        within("most_candidates", most_candidates, 0, 100000);
        within("looks", looks, 1, 10);
        within("batch", batch, 1, 1000);
        if (!bad && !(budget > 0)) bad = option_error({"detector: budget is ", budget, " ms, expected more than 0"});
        return bad;
    }
    /// Throws `option_error` where a value is out of its range.
    void check() const {
        if (auto const bad = problem()) raise(*bad);
    }
};

} // namespace mcfa
