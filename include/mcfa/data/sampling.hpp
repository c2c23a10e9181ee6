// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>

#include <string>

namespace mcfa::data {

/// A whole-epoch ratio of windows: so many positive, part and negative ones, and further positive ones of photos whose landmarks are known,
/// which in some data are few.
struct window_mix {
    float positive = 6;
    float part = 1;
    float negative = 1;
    float landmarks = 0;
};

struct scale_range {
    float least = 0.9f;
    float most = 1.12f;
};

/// What evaluation shows the net. `exact`: for each photo the reference square, and a negative window where one is found.
/// `shifted`: positive windows only, shifted and scaled by `sampling::shift` and `sampling::scale` in a way fixed for each photo. On data with centred
/// faces of one size a net can name the exact square's box without looking, so boxes and landmarks are judged on shifted windows.
enum class evaluation_windows { exact, shifted };

/// How windows are drawn from photos. A face's reference square has the centre of its box and `context` times its longer side.
/// All numbers here are the library's own choices.
struct sampling {
    float context = 1.6f;     ///< room for hair, hats and neckties around the face's box; 0.5 to 4
    float shift = 0.08f;      ///< of a positive window, in units of the reference side, either way, across and down; 0 to 0.3
    scale_range scale;        ///< of a positive window's side, in units of the reference side; 0.7 to 1.4
    float angle = 12;         ///< turn of training windows, degrees, either way; 0 to 180
    float mirror = 0.5f;      ///< share of training windows that are mirrored; 0 to 1
    float brightness = 0.15f; ///< training pixels are multiplied by 1 - b to 1 + b; 0 to 0.9
    float contrast = 0.2f;    ///< likewise their distance from the window's mean
    float saturation = 0.2f;  ///< likewise their distance from their own grey
    float resolution =
        1; ///< half of the training windows are blurred as if enlarged from so many of their pixels a side, drawn from this share to 1; 0.1 to 1
    float inside = 0;   ///< share of negative training windows that are small parts of a face, such as an eye; 0 to 1
    float mined = 0.5f; ///< share of negative training windows that are false alarms of a detector, where some were mined; 0 to 1
    window_mix mix;     ///< of training windows; `positive` must be above 0
    evaluation_windows evaluation = evaluation_windows::exact;

    /// Throws `option_error` where a value is out of its range.
    void check() const {
        auto within = [](char const* name, float value, float low, float high) {
            if (!(value >= low && value <= high)) throw option_error({"sampling.", name, " is ", value, ", expected ", low, " to ", high});
        };
        within("context", context, 0.5f, 4);
        within("shift", shift, 0, 0.3f);
        within("scale.least", scale.least, 0.7f, 1.4f);
        within("scale.most", scale.most, scale.least, 1.4f);
        within("angle", angle, 0, 180);
        within("mirror", mirror, 0, 1);
        within("brightness", brightness, 0, 0.9f);
        within("contrast", contrast, 0, 0.9f);
        within("saturation", saturation, 0, 0.9f);
        within("resolution", resolution, 0.1f, 1);
        within("inside", inside, 0, 1);
        within("mined", mined, 0, 1);
        within("mix.landmarks", mix.landmarks, 0, 1000);
        within("mix.positive", mix.positive, 0.01f, 1000);
        within("mix.part", mix.part, 0, 1000);
        within("mix.negative", mix.negative, 0, 1000);
    }
};

} // namespace mcfa::data
