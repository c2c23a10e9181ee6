// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/geometry.hpp>

#include <cmath>

namespace mcfa::image {

/// The longest side of a window that is cut out of a photo, in photo pixels: no photo is as long, and sums of coordinates stay in the range of int.
inline constexpr float largest_window = 1e6f;

/// A square window on a photo; it may be turned and may reach beyond the photo.
struct placement {
    point centre;          ///< in the photo's coordinates
    float side = 0;        ///< length of its edge, in photo pixels
    float angle = 0;       ///< radians; the window's right points to (cos angle, sin angle) on the photo: clockwise as seen
    bool mirrored = false; ///< the window's picture is flipped left to right
};

/// Whether a window can be cut out: its numbers are finite, its side is above 0 and at most `largest_window`.
inline bool can_be_cut(placement const& window) {
    return window.side > 0 && window.side <= largest_window && std::isfinite(window.angle) && std::isfinite(window.centre.x) &&
           std::isfinite(window.centre.y);
}

/// The square that a window covers on the photo, as if it were not turned; by it overlaps are measured.
constexpr box square_of(placement const& window) {
    return {window.centre.x - window.side / 2, window.centre.y - window.side / 2, window.side, window.side};
}

/// From window coordinates (0..1 across and down, continuous) to the photo.
inline point to_photo(placement const& window, point p) {
    float const across = (window.mirrored ? 0.5f - p.x : p.x - 0.5f) * window.side, down = (p.y - 0.5f) * window.side;
    float const c = std::cos(window.angle), s = std::sin(window.angle);
    return {window.centre.x + c * across - s * down, window.centre.y + s * across + c * down};
}

/// From the photo to window coordinates (0..1 across and down, continuous); the inverse of `to_photo`.
inline point to_window(placement const& window, point p) {
    float const x = p.x - window.centre.x, y = p.y - window.centre.y;
    float const c = std::cos(window.angle), s = std::sin(window.angle);
    float const across = (c * x + s * y) / window.side, down = (c * y - s * x) / window.side;
    return {window.mirrored ? 0.5f - across : 0.5f + across, 0.5f + down};
}

} // namespace mcfa::image
