// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/geometry.hpp>
#include <mcfa/image/placement.hpp>

#include <algorithm>
#include <cmath>

namespace mcfa::detect {

/// The window around a face that was found in another one: its box's centre, and `context` times its longer side. It moves by at most half the
/// old side, and grows or shrinks to at most twice or half of it, since a box that says more is not to be believed. Its side stays one that can be cut.
inline image::placement calibrated(image::placement const& window, box face, float context) {
    image::placement moved = window;
    point const centre = face.centre();
    float const side = context * std::max(face.width, face.height), reach = window.side / 2;
    if (!std::isfinite(centre.x) || !std::isfinite(centre.y) || !std::isfinite(side)) return window;
    moved.centre.x = std::clamp(centre.x, window.centre.x - reach, window.centre.x + reach);
    moved.centre.y = std::clamp(centre.y, window.centre.y - reach, window.centre.y + reach);
    moved.side = std::min(std::clamp(side, window.side / 2, window.side * 2), image::largest_window);
    return moved;
}

} // namespace mcfa::detect
