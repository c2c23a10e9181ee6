// SPDX-License-Identifier: MIT
#pragma once

#include "cascades/chosen_cascade.hpp"
#include "command_line/command_line.hpp"

#include <mcfa/core/error.hpp>
#include <mcfa/detect/detector_options.hpp>
#include <mcfa/io/safetensors/reader.hpp>
#include <mcfa/io/thresholds_text.hpp>

#include <cstddef>
#include <string>
#include <vector>

/// What the command line says of detection; see `mcfa::detector_options`.
struct detection_options {
    std::vector<double> thresholds;
    float smallest_face = 40, largest_face = 0, overlap = 0.4f;
    int most_candidates = 0, looks = 1;
    bool mirror = true, turned = false;
    std::string finder; ///< a weights file; "none", or nothing: the cascade's first stage sweeps the photo
    double finder_threshold = mcfa::detector_options{}.finder_threshold;
};

inline bool has_finder(detection_options const& o) { return !o.finder.empty() && o.finder != "none"; }

/// `finder` says what is used unless one is given.
inline void add_detection_options(command_line& line, detection_options& o, std::string const& finder = "none") {
    line.add("--thresholds", o.thresholds, "least probability of a face, one for each stage; those of the weights file unless given");
    line.add("--finder", o.finder,
             "weights of `train_finder`: it proposes windows in one pass, in place of the cascade's first stage; none: that stage sweeps "
             "the photo")
        .shown_default(finder);
    line.add("--finder-threshold", o.finder_threshold, "least probability of a face with which it proposes a window");
    line.add("--smallest-face", o.smallest_face, "longer side of its box, in photo pixels");
    line.add("--largest-face", o.largest_face, "likewise; 0: as long as the photo's shorter side");
    line.add("--overlap", o.overlap, "most intersection over union of two faces");
    line.add("--looks", o.looks, "times that the whole cascade judges a face, each on a window nearer to it");
    line.add_flag("--mirror,!--no-mirror", o.mirror,
                  "judge each face in the mirror too, and report the mean: better places and attributes");
    line.add_flag("--turned", o.turned, "find faces at every angle, upside down too, in four times the time");
    line.add("--most-candidates", o.most_candidates,
             "windows of a photo that are judged; 0: as many as faces of the smallest size would fill it, at least 200");
}

/// Thresholds are those of the command line, else the model's, which may be none. Throws mcfa::option_error for another number than there are stages.
inline mcfa::detector_options detector_options_of(detection_options const& o, std::vector<double> const& of_model, std::size_t stages) {
    mcfa::detector_options all;
    all.thresholds = o.thresholds.empty() ? of_model : o.thresholds;
    if (!all.thresholds.empty() && all.thresholds.size() != stages)
        throw mcfa::option_error({"thresholds: the cascade has ", stages, " stages, given ", all.thresholds.size()});
    all.smallest_face = o.smallest_face;
    all.largest_face = o.largest_face;
    all.finder_threshold = o.finder_threshold;
    all.overlap = o.overlap;
    all.looks = o.looks;
    all.mirror = o.mirror;
    all.turned = o.turned;
    all.most_candidates = o.most_candidates;
    return all;
}

/// A detector of a cascade with these options, behind a finder if there is one.
inline face_finder detector_of(chosen_cascade const& cascade, detection_options const& o, mcfa::detector_options const& how, arithmetic in,
                               int threads) {
    if (!has_finder(o)) return cascade.detector(how, in);
    return cascade.detector(load_finder_model(o.finder, threads), how, in);
}
