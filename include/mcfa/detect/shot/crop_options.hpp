// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/data/sampling.hpp>
#include <mcfa/detect/shot/place_targets.hpp>

namespace mcfa::detect {

/// How a single_shot's training crops are drawn from photos: a face is chosen and shown at a size that is drawn evenly on a logarithmic scale, anywhere
/// on the crop. All numbers are the library's own choices.
struct crop_options {
    float smallest_face = 8;  ///< longer side of the chosen face's box, pixels of the crop; at least 2
    float largest_face = 180; ///< likewise; smallest_face to 10000
    float enlarged = 1.5f;    ///< no photo is enlarged by more; 1 to 10
    float mosaic = 0.5f;      ///< share of crops that show parts of four photos side by side, so more faces; 0 to 1
    float background = 0.1f;  ///< share of crops that are drawn anywhere on the photo; 0 to 1
    float angle = 8;          ///< turn, degrees, either way; 0 to 45
    float mirror = 0.5f;      ///< share that is mirrored; 0 to 1
    data::sampling colour{.brightness = 0.3f, .contrast = 0.3f, .saturation = 0.5f}; ///< brightness, contrast and saturation as there
    data::corruptions corrupt{.share = 0.05f}; ///< light, contrast and noise as there; nothing is covered, cut off or turned further
    place_rules places{};

    /// Throws `option_error` where a value is out of its range.
    void check() const {
        auto const within = [](char const* name, float value, double low, double high) {
            if (!(value >= static_cast<float>(low) && value <= static_cast<float>(high)))
                throw option_error({"crops: ", name, " is ", value, ", expected ", low, " to ", high});
        };
        within("smallest_face", smallest_face, 2, 10000);
        within("largest_face", largest_face, smallest_face, 10000);
        within("enlarged", enlarged, 1, 10);
        within("mosaic", mosaic, 0, 1);
        within("background", background, 0, 1);
        within("angle", angle, 0, 45);
        within("mirror", mirror, 0, 1);
        data::sampling all = colour;
        all.corrupt = corrupt;
        all.check();
        places.check();
    }
};

} // namespace mcfa::detect
