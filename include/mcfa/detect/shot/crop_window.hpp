// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/geometry.hpp>
#include <mcfa/core/random.hpp>
#include <mcfa/detect/shot/crop_options.hpp>
#include <mcfa/detect/shot/face_photos.hpp>
#include <mcfa/image/placement.hpp>
#include <mcfa/task/label.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace mcfa::detect {

/// The square of a photo that a crop shows. A photo without faces, or a share of the others, is shown anywhere, at up to its whole size.
inline image::placement crop_window(random_stream& random, face_photo const& photo, int height, int width, int side,
                                    crop_options const& options) {
    image::placement window;
    bool const anywhere = photo.faces.empty() || random.chance(options.background);
    if (anywhere) {
        double const longest = std::max(height, width), least = std::min(longest, side / static_cast<double>(options.enlarged));
        window.side = static_cast<float>(least * std::pow(longest / least, random.unit()));
        window.centre = {static_cast<float>(random.unit()) * static_cast<float>(width),
                         static_cast<float>(random.unit()) * static_cast<float>(height)};
    } else {
        box const face = *photo.faces[random.below(photo.faces.size())].face;
        float const size = std::max(face.width, face.height);
        double const most = std::max<double>(options.smallest_face, std::min(options.largest_face, size * options.enlarged));
        double const shown = options.smallest_face * std::pow(most / options.smallest_face, random.unit());
        window.side = std::min(static_cast<float>(size * side / shown), 2.0f * static_cast<float>(std::max(height, width)));
        float const reach = std::max(0.0f, (window.side - size) / 2);
        window.centre = face.centre();
        window.centre.x += static_cast<float>(random.uniform(-reach, reach));
        window.centre.y += static_cast<float>(random.uniform(-reach, reach));
        auto const kept = [&](float centre, int length) { // on the photo, or about its middle where it is smaller
            float const half = window.side / 2, end = static_cast<float>(length) - half;
            return half < end ? std::clamp(centre, half, end) : std::clamp(centre, end, half);
        };
        if (random.chance(0.8)) window.centre = {kept(window.centre.x, width), kept(window.centre.y, height)};
    }
    window.angle = static_cast<float>(random.uniform(-options.angle, options.angle) * std::numbers::pi / 180);
    window.mirrored = random.chance(options.mirror);
    return window;
}

/// A box in the pixels of a crop of `side` pixels: on a turned crop it keeps its size and follows its centre.
inline box on_crop(box where, image::placement const& window, int side) {
    auto const length = static_cast<float>(side), scale = length / window.side;
    point const at = image::to_window(window, where.centre());
    float const width = where.width * scale, height = where.height * scale;
    return {at.x * length - width / 2, at.y * length - height / 2, width, height};
}

/// An annotation likewise. On a mirrored crop left and right of the landmarks change places.
inline annotation on_crop(annotation const& truth, image::placement const& window, int side) {
    annotation seen = truth;
    seen.face = on_crop(truth.face.value(), window, side);
    auto const length = static_cast<float>(side);
    for (point& p : seen.landmarks) {
        point const at = image::to_window(window, p);
        p = {at.x * length, at.y * length};
    }
    if (window.mirrored && seen.landmarks.size() == 5) {
        std::swap(seen.landmarks[0], seen.landmarks[1]);
        std::swap(seen.landmarks[3], seen.landmarks[4]);
    }
    return seen;
}

} // namespace mcfa::detect
