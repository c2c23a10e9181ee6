// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>

#include <string>

namespace mcfa::data {

/// Proportions of the windows of an epoch: positive, part and negative ones, and further positive ones of photos whose landmarks are known,
/// which are few in some data.
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

/// Changes of training windows that photographs as they are show and collections of portraits do not. Each befalls a window by itself with the
/// probability `share`; with 0 there are none, and the windows are those of a sampling without these options.
struct corruptions {
    float share = 0;            ///< probability of each change; 0 to 1
    scale_range gain{0.08f, 2}; ///< all values times; clipped at 255; 0.01 to 10
    scale_range gamma{0.5f, 2}; ///< exponent of values of 0 to 1; 0.1 to 10
    float cast = 0.6f;          ///< each channel is weakened by up to this share; 0 to 1
    float contrast = 0.2f;      ///< distances from the mean colour shrink to this at least; 0.01 to 1
    float noise = 12;           ///< standard deviation at most, grey levels of 255; 0 to 100
    float cover = 0.45f;        ///< sides of a rectangle that is covered, in sides of the window, at most; 0.1 to 1
    float edge = 0.35f;         ///< width of a black band along one side, in sides of the window, at most; 0 to 1
    float angle = 45;           ///< turn, degrees, either way, in place of `sampling::angle`; 0 to 180
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
    scale_range scale{};      ///< of a positive window's side, in units of the reference side; 0.7 to 1.4
    float angle = 12;         ///< turn of training windows, degrees, either way; 0 to 180
    float mirror = 0.5f;      ///< share of training windows that are mirrored; 0 to 1
    float brightness = 0.15f; ///< training pixels are multiplied by 1 - b to 1 + b; 0 to 0.9
    float contrast = 0.2f;    ///< likewise their distance from the window's mean
    float saturation = 0.2f;  ///< likewise their distance from their own grey
    float resolution = 1;     ///< half of the training windows are shrunk and enlarged again by a factor drawn from this one to 1; 0.1 to 1
    float inside = 0;         ///< share of negative training windows that are small parts of a face, such as an eye; 0 to 1
    float mined = 0.5f;       ///< share of negative training windows that are false alarms of a detector, where some were mined; 0 to 1
    window_mix mix{};         ///< of training windows; `positive` must be above 0
    corruptions corrupt{};    ///< of training windows
    evaluation_windows evaluation = evaluation_windows::exact;

    /// Throws `option_error` where a value is out of its range.
    void check() const {
        auto within = [](char const* name, float value, double low, double high) { // limits as they are written, for the message
            if (!(value >= static_cast<float>(low) && value <= static_cast<float>(high)))
                throw option_error({"sampling.", name, " is ", value, ", expected ", low, " to ", high});
        };
        within("context", context, 0.5, 4);
        within("shift", shift, 0, 0.3);
        within("scale.least", scale.least, 0.7, 1.4);
        within("scale.most", scale.most, scale.least, 1.4);
        within("angle", angle, 0, 180);
        within("mirror", mirror, 0, 1);
        within("brightness", brightness, 0, 0.9);
        within("contrast", contrast, 0, 0.9);
        within("saturation", saturation, 0, 0.9);
        within("resolution", resolution, 0.1, 1);
        within("inside", inside, 0, 1);
        within("mined", mined, 0, 1);
        within("corrupt.share", corrupt.share, 0, 1);
        within("corrupt.gain.least", corrupt.gain.least, 0.01, 10);
        within("corrupt.gain.most", corrupt.gain.most, corrupt.gain.least, 10);
        within("corrupt.gamma.least", corrupt.gamma.least, 0.1, 10);
        within("corrupt.gamma.most", corrupt.gamma.most, corrupt.gamma.least, 10);
        within("corrupt.cast", corrupt.cast, 0, 1);
        within("corrupt.contrast", corrupt.contrast, 0.01, 1);
        within("corrupt.noise", corrupt.noise, 0, 100);
        within("corrupt.cover", corrupt.cover, 0.1, 1);
        within("corrupt.edge", corrupt.edge, 0, 1);
        within("corrupt.angle", corrupt.angle, 0, 180);
        within("mix.landmarks", mix.landmarks, 0, 1000);
        within("mix.positive", mix.positive, 0.01, 1000);
        within("mix.part", mix.part, 0, 1000);
        within("mix.negative", mix.negative, 0, 1000);
    }
};

} // namespace mcfa::data
