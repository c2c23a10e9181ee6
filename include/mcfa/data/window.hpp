// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/geometry.hpp>
#include <mcfa/core/random.hpp>
#include <mcfa/data/sampling.hpp>
#include <mcfa/image/placement.hpp>
#include <mcfa/task/label.hpp>

#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>
#include <optional>

namespace mcfa::data {

/// The reference square of a face: centre of its box, side `context` times the longer side.
inline image::placement reference_square(box face, float context) {
    return {face.centre(), context * std::max(face.width, face.height), 0, false};
}

/// Overlap of a window with a face's reference square.
inline float overlap(image::placement const& window, image::placement const& reference) {
    return iou(image::square_of(window), image::square_of(reference));
}

constexpr float positive_overlap = 0.65f, part_overlap = 0.4f, negative_overlap = 0.3f;
/// Most of a negative window's area that may lie in the face's box.
constexpr float negative_face_share = 0.3f;

/// Too much of a face for a negative window: an overlap of 0.3 with its reference square, or 0.3 of the window in its box.
inline bool shows_face(image::placement const& window, box face, float context) {
    return overlap(window, reference_square(face, context)) >= negative_overlap ||
           intersection(image::square_of(window), face) >= negative_face_share * window.side * window.side;
}

/// A window moved and scaled at random until its overlap lies in [least, most). `fallback` stands in where no draw succeeds.
inline image::placement moved(random_stream& random, image::placement const& reference, float shift, float smallest, float largest,
                              float least, float most, image::placement const& fallback) {
    constexpr int tries = 100;
    for (int i = 0; i < tries; ++i) {
        image::placement window = reference;
        window.side *= static_cast<float>(random.uniform(smallest, largest));
        window.centre.x += static_cast<float>(random.uniform(-shift, shift)) * reference.side;
        window.centre.y += static_cast<float>(random.uniform(-shift, shift)) * reference.side;
        float const found = overlap(window, reference);
        if (found >= least && found < most) return window;
    }
    return fallback;
}

/// A training window's turn and mirroring.
inline void turn(random_stream& random, sampling const& options, image::placement& window) {
    bool const further = options.corrupt.share > 0 && random.chance(options.corrupt.share);
    float const most = further ? options.corrupt.angle : options.angle;
    window.angle = static_cast<float>(random.uniform(-most, most) * std::numbers::pi / 180);
    window.mirrored = random.chance(options.mirror);
}

/// A window whose overlap with the reference square is at least 0.65.
inline image::placement positive_window(random_stream& random, sampling const& options, image::placement const& reference) {
    return moved(random, reference, options.shift, options.scale.least, options.scale.most, positive_overlap, 2, reference);
}

/// A window whose overlap is in [0.4, 0.65): up to 0.4 of the side away, 0.65 to 1.5 times as large.
inline image::placement part_window(random_stream& random, image::placement const& reference) {
    image::placement aside = reference; // a third aside: overlap one half
    aside.centre.x += reference.side / 3;
    return moved(random, reference, 0.4f, 0.65f, 1.5f, part_overlap, positive_overlap, aside);
}

/// A window wholly on the photo with an overlap below 0.3 and little of it in the face's box; its side is 0.15 to 1 of the reference side. A small
/// window inside the face has a small overlap too, which is why the share of the box in it counts. Nothing where no draw succeeds.
inline std::optional<image::placement> negative_window(random_stream& random, sampling const& options, bool turned, box face,
                                                       int photo_width, int photo_height) {
    auto const reference = reference_square(face, options.context);
    auto const width = static_cast<float>(photo_width), height = static_cast<float>(photo_height);
    constexpr int tries = 100;
    for (int i = 0; i < tries; ++i) {
        image::placement window = reference;
        if (turned) turn(random, options, window);
        window.side *= static_cast<float>(std::exp(random.uniform(std::log(0.15), 0)));
        float const reach = window.side / 2 * (std::abs(std::cos(window.angle)) + std::abs(std::sin(window.angle)));
        double const across = random.unit(), down = random.unit();
        if (2 * reach > std::min(width, height)) continue;
        window.centre = {reach + static_cast<float>(across) * (width - 2 * reach), reach + static_cast<float>(down) * (height - 2 * reach)};
        if (!shows_face(window, face, options.context)) return window;
    }
    return std::nullopt;
}

/// A small part of a face: its middle within the face's box, its side 0.15 to 0.5 of the reference side, so that its overlap is at most 0.25.
inline image::placement inside_window(random_stream& random, sampling const& options, box face) {
    image::placement window = reference_square(face, options.context);
    turn(random, options, window);
    window.side *= static_cast<float>(std::exp(random.uniform(std::log(0.15), std::log(0.5))));
    window.centre = {face.left + static_cast<float>(random.unit()) * face.width,
                     face.top + static_cast<float>(random.unit()) * face.height};
    return window;
}

/// A mined window moved a little: by up to a twentieth of its side, scaled by 0.9 to 1.1, mirrored as `sampling::mirror` says.
inline image::placement near_mined(random_stream& random, sampling const& options, image::placement window) {
    window.centre.x += static_cast<float>(random.uniform(-0.05, 0.05)) * window.side;
    window.centre.y += static_cast<float>(random.uniform(-0.05, 0.05)) * window.side;
    window.side *= static_cast<float>(random.uniform(0.9, 1.1));
    window.mirrored = random.chance(options.mirror);
    return window;
}

/// The annotation as seen from the window, before mirroring. On a turned window the face's box keeps its size and follows its centre: the
/// box around a turned box would grow with the turn, though the face does not.
inline window_label label_in(annotation const& truth, image::placement window, window_kind kind,
                             std::shared_ptr<attribute_table const> names) {
    window.mirrored = false;
    window_label label;
    label.kind = kind;
    label.angle = window.angle;
    label.attributes = truth.attributes;
    label.attribute_names = std::move(names);
    label.measurements = truth.measurements;
    if (truth.face && !truth.place_only) {
        auto const centre = image::to_window(window, truth.face->centre());
        float const width = truth.face->width / window.side, height = truth.face->height / window.side;
        label.face = box{centre.x - width / 2, centre.y - height / 2, width, height};
    }
    for (auto const p : truth.landmarks) label.landmarks.push_back(image::to_window(window, p));
    return label;
}

} // namespace mcfa::data
