// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/geometry.hpp>
#include <mcfa/core/random.hpp>
#include <mcfa/data/synthetic/canvas.hpp>
#include <mcfa/data/synthetic/features.hpp>
#include <mcfa/data/synthetic/head.hpp>
#include <mcfa/data/synthetic/person.hpp>
#include <mcfa/data/synthetic/scene.hpp>
#include <mcfa/image/image.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace mcfa::data {

/// A drawn photo of one face and all that is known about it.
struct drawn_face {
    image::pixels photo; ///< square
    box face;            ///< from the hairline to the chin and from ear to ear, axis-parallel around the leaning head; inside the photo
    std::array<point, 5> landmarks;      ///< left eye, right eye, nose tip, left and right corner of the mouth; left in the image
    std::vector<std::int8_t> attributes; ///< +1 or -1, in the order of `synthetic_attribute_names`
    /// Roll, yaw, pitch in radians. Roll turns the head clockwise as seen, positive yaw turns it to the image's right,
    /// positive pitch nods it down. Yaw and pitch move the features over the head, as by the sine of the angle.
    std::array<float, 3> pose;
};

/// The person of `key`, where and how the key places it, but with the given traits. `side` is the photo's side in pixels, at least 16.
/// The face box takes 35 to 70 % of it. Throws `option_error` on a smaller side.
inline drawn_face draw_face(std::uint64_t key, int side, face_traits const& traits) {
    if (side < 16) throw option_error({"draw_face: side = ", side, ", at least 16 pixels are needed"});
    face_person const person = draw_person(key, traits);
    random_stream random{split_key(key, 5)};
    float const size = static_cast<float>(side);
    float const roll = std::clamp(0.13f * static_cast<float>(random.normal()), -0.4f, 0.4f);
    float const yaw = between(random, -0.45, 0.45), pitch = between(random, -0.3, 0.3);

    face_canvas canvas;
    canvas.cosine = std::cos(roll);
    canvas.sine = std::sin(roll);
    canvas.turn = 0.3f * std::sin(yaw);
    canvas.nod = 0.25f * std::sin(pitch);

    // The tight box in units around the origin, then scale and place so that it has the wanted size and lies inside the photo.
    std::vector<point> rim = smooth(head_knots(person), true);
    std::erase_if(rim, [](point p) { return p.y < hairline; });
    for (float ear : {-1.0f, 1.0f})
        for (point p : smooth(ear_knots(ear), true)) rim.push_back(p);
    rim.insert(rim.end(), {{-0.82f, hairline}, {0.82f, hairline}});
    point low{1e9f, 1e9f}, high{-1e9f, -1e9f};
    for (point p : canvas.on_photo(rim)) {
        low = {std::min(low.x, p.x), std::min(low.y, p.y)};
        high = {std::max(high.x, p.x), std::max(high.y, p.y)};
    }
    float const extent = std::max(high.x - low.x, high.y - low.y);
    canvas.unit = between(random, 0.36, 0.69) * size / extent;
    auto place = [&](float from, float to) {
        float const least = -from * canvas.unit + 0.01f * size, most = size * 0.99f - to * canvas.unit;
        return least + (most - least) * (between(random, 0, 1) + between(random, 0, 1)) / 2; // rather in the middle
    };
    canvas.centre = {place(low.x, high.x), place(low.y, high.y)};

    canvas.photo = image::blank(side, side);
    draw_background(canvas.photo, key);
    draw_back_hair(canvas, person);
    draw_shoulders(canvas, person);
    draw_head(canvas, person, traits);
    for (float eye : {-1.0f, 1.0f}) draw_eye(canvas, person, traits, eye);
    draw_nose(canvas, person);
    draw_mouth(canvas, person, traits);
    if (traits.mustache) draw_mustache(canvas, person, traits);
    for (float brow : {-1.0f, 1.0f}) draw_brow(canvas, person, traits, brow);
    draw_front_hair(canvas, person, traits);
    if (traits.eyeglasses) draw_glasses(canvas, person);
    if (traits.hat) draw_hat(canvas, person);
    develop(canvas.photo, key);

    drawn_face out;
    out.face = {canvas.centre.x + low.x * canvas.unit, canvas.centre.y + low.y * canvas.unit, (high.x - low.x) * canvas.unit,
                (high.y - low.y) * canvas.unit};
    std::array<point, 5> const frontal{eye_centre(person, -1), eye_centre(person, 1), nose_tip(person), mouth_corner(person, traits, -1),
                                       mouth_corner(person, traits, 1)};
    for (std::size_t i = 0; i < frontal.size(); ++i) out.landmarks[i] = canvas.to_photo(canvas.turned(frontal[i]));
    for (bool shows : traits.list()) out.attributes.push_back(shows ? std::int8_t{1} : std::int8_t{-1});
    out.pose = {roll, yaw, pitch};
    out.photo = std::move(canvas.photo);
    return out;
}

/// The face of `key`: equal keys and sides give equal faces, on every machine up to the last bit of its floating point.
inline drawn_face draw_face(std::uint64_t key, int side = 160) { return draw_face(key, side, draw_traits(key)); }

} // namespace mcfa::data
