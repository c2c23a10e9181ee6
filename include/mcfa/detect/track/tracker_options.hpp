// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/raise.hpp>
#include <mcfa/detect/track/one_euro.hpp>

namespace mcfa {

/// How faces are followed from frame to frame.
struct tracker_options {
    /// Frames over which the search for new faces is spread, 1 to 1000: a new one is found after as many at the latest.
    int sweep_frames = 10;
    float keep = 0.5f;   ///< 0 to 1; share of the detector's last threshold that a followed face must reach to be seen in a frame
    int patience = 5;    ///< frames without being seen after which a number is given up, 0 to 100000
    float reach = 1;     ///< how far from where it was lost, in sides of its box, a face found anew keeps its number, 0 to 10
    bool mirror = false; ///< whether followed faces are judged in the mirror too: better attributes and places for one more window a face
    bool smooth = true;  ///< whether boxes and landmarks are filtered against trembling
    detect::one_euro_options filter{}; ///< of the trembling; a unit is the box's longer side

    /// Throws `option_error` where a value is out of its range.
    void check() const {
        auto const within = [](char const* name, double value, double low, double high) {
            if (!(value >= low && value <= high)) raise(option_error({"tracker: ", name, " is ", value, ", expected ", low, " to ", high}));
        };
        within("sweep_frames", sweep_frames, 1, 1000);
        within("keep", keep, 0, 1);
        within("patience", patience, 0, 100000);
        within("reach", reach, 0, 10);
        within("filter.cutoff", filter.cutoff, 1e-6, 1000);
        within("filter.speed", filter.speed, 0, 1e6);
        within("filter.speed_cutoff", filter.speed_cutoff, 1e-6, 1000);
    }
};

} // namespace mcfa
