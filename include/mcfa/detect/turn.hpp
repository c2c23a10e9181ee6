// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/geometry.hpp>
#include <mcfa/image/frame.hpp>
#include <mcfa/image/image.hpp>
#include <mcfa/image/placement.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <numbers>
#include <vector>

namespace mcfa::detect {

/// Makes `turned` a copy of the photo on which faces that are turned clockwise by `quarters` quarter turns, 1 to 3, are upright: the photo turned
/// back by as many. `scratch` is memory for a row.
inline void turn_back(image::frame const& photo, int quarters, image::pixels& turned, std::vector<std::uint8_t>& scratch) {
    int const height = image::height(photo), width = image::width(photo);
    bool const lying = quarters % 2 == 1;
    image::reshape(turned, lying ? width : height, lying ? height : width);
    // Where the photo's pixel (0, 0) goes, and how far apart two of a row and two of a column come to lie, in pixels.
    std::ptrdiff_t const h = height, w = width;
    std::ptrdiff_t const first = quarters == 1 ? (w - 1) * h : quarters == 2 ? h * w - 1 : h - 1;
    std::ptrdiff_t const across = quarters == 1 ? -h : quarters == 2 ? -1 : h, down = quarters == 1 ? 1 : quarters == 2 ? -w : -1;
    for (int y = 0; y < height; ++y) {
        std::uint8_t const* in = photo.row(y, 0, width, scratch);
        std::uint8_t* const out = turned.data();
        for (std::ptrdiff_t x = 0, at = first + y * down; x < w; ++x, at += across, in += 3) std::memcpy(out + at * 3, in, 3);
    }
}

/// A window on the photo of `height` x `width` pixels that is, on the photo turned back by `quarters`, the upright window given.
inline image::placement turned_with_photo(image::placement window, int quarters, int height, int width) {
    auto const h = static_cast<float>(height), w = static_cast<float>(width);
    point const at = window.centre;
    if (quarters == 1) window.centre = {w - at.y, at.x};
    if (quarters == 2) window.centre = {w - at.x, h - at.y};
    if (quarters == 3) window.centre = {at.y, h - at.x};
    window.angle = static_cast<float>(quarters) * std::numbers::pi_v<float> / 2;
    return window;
}

/// How far a face is turned, -pi to pi, clockwise as seen: the mean direction of its eyes, its mouth and, turned by a right angle, the way from
/// mouth to eyes, each as long as it is, so that a profile, whose eyes lie on each other, is told by its height. 0 where all points are one.
inline float angle_of(std::array<point, 5> const& landmarks) {
    auto const [left_eye, right_eye, nose, left_mouth, right_mouth] = landmarks;
    point const up{(left_eye.x + right_eye.x - left_mouth.x - right_mouth.x) / 2,
                   (left_eye.y + right_eye.y - left_mouth.y - right_mouth.y) / 2};
    float const x = right_eye.x - left_eye.x + right_mouth.x - left_mouth.x - up.y;
    float const y = right_eye.y - left_eye.y + right_mouth.y - left_mouth.y + up.x;
    return std::atan2(y, x);
}

} // namespace mcfa::detect
