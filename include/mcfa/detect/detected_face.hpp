// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/fixed_string.hpp>
#include <mcfa/core/geometry.hpp>
#include <mcfa/detect/propose/face_logit.hpp>
#include <mcfa/detect/turn.hpp>
#include <mcfa/image/placement.hpp>
#include <mcfa/model/prediction.hpp>
#include <mcfa/task/face_box.hpp>
#include <mcfa/task/face_class.hpp>
#include <mcfa/task/landmarks.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace mcfa {

namespace detect {

/// The landmarks of a detected face, where the net has them.
template <bool Known>
struct face_landmarks {};
template <>
struct face_landmarks<true> {
    std::array<point, 5> landmarks{}; ///< photo pixels: left eye, right eye, nose, left and right mouth corner, as seen in the photo
};

} // namespace detect

/// A face on a photo, and what the cascade says of it.
template <class Tasks>
struct detected_face : detect::face_landmarks<detect::learns<Tasks, landmarks<5>>()> {
    mcfa::box box;               ///< photo pixels; may reach beyond the photo; of a turned face about its centre, upright and as large
    float probability = 0;       ///< of a face, 0 to 1, as the last stage sees it
    image::placement window;     ///< the part of the photo that the cascade judged
    float angle = 0;             ///< of the face, radians clockwise as seen, -pi to pi, by its landmarks; without them the window's
    prediction<Tasks> predicted; ///< the last stage's logits; with `detector_options::mirror` the mean with those of the mirror image

    /// Probability of an attribute, 0 to 1, by name; an unknown name does not compile.
    template <fixed_string Name>
    float attribute() const {
        return predicted.template attribute<Name>();
    }

    /// Whether an attribute is said: its probability is above its threshold, the model's or 0.5.
    template <fixed_string Name>
    bool says() const {
        return predicted.template says<Name>();
    }

    /// What any task says, with positions in units of `window`.
    template <class Task>
    auto get() const {
        return predicted.template get<Task>();
    }
};

namespace detect {

/// The face's box on the photo. A net without a box head is taken at its window: the face is 1 / context of it. Of a turned window's box the
/// centre is turned, and its sides change places if it lies rather than stands.
template <class Tasks>
box box_of(prediction<Tasks> const& p, image::placement const& window, float context) {
    box b{(1 - 1 / context) / 2, (1 - 1 / context) / 2, 1 / context, 1 / context};
    if constexpr (learns<Tasks, face_box>()) b = p.template get<face_box>();
    if (window.angle != 0) {
        bool const lies = std::abs(std::sin(window.angle)) > std::abs(std::cos(window.angle));
        point const centre = image::to_photo(window, b.centre());
        float const width = (lies ? b.height : b.width) * window.side, height = (lies ? b.width : b.height) * window.side;
        return {centre.x - width / 2, centre.y - height / 2, width, height};
    }
    point const corner = image::to_photo(window, {b.left, b.top});
    return {corner.x, corner.y, b.width * window.side, b.height * window.side};
}

template <class Tasks>
detected_face<Tasks> face_of(prediction<Tasks> const& p, image::placement const& window, float context) {
    detected_face<Tasks> face;
    face.box = box_of(p, window, context);
    face.angle = std::remainder(window.angle, 2 * std::numbers::pi_v<float>);
    face.probability = p.template get<face_class>();
    face.window = window;
    face.predicted = p;
    if constexpr (learns<Tasks, landmarks<5>>()) {
        face.landmarks = p.template get<landmarks<5>>();
        for (point& at : face.landmarks) at = image::to_photo(window, at);
        if (float const seen = angle_of(face.landmarks); std::isfinite(seen)) face.angle = seen;
    }
    return face;
}

} // namespace detect

} // namespace mcfa
