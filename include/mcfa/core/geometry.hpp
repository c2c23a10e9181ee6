// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <iosfwd>

namespace mcfa {

/// A place on a photo. Continuous coordinates: x to the right, y down, and the centre of the top-left pixel is (0.5, 0.5).
/// So a photo of width W spans 0..W, and mirroring maps x to W - x (for pixel indices this is the familiar W - 1 - x).
struct point {
    float x = 0;
    float y = 0;
    friend constexpr bool operator==(point, point) = default;
};

/// An axis-parallel rectangle in the same coordinates as `point`.
struct box {
    float left = 0;
    float top = 0;
    float width = 0;
    float height = 0;

    constexpr float right() const { return left + width; }
    constexpr float bottom() const { return top + height; }
    constexpr float area() const { return width * height; }
    constexpr point centre() const { return {left + width / 2, top + height / 2}; }
    friend constexpr bool operator==(box, box) = default;
};

/// Area shared by two boxes; 0 if they are apart.
constexpr float intersection(box a, box b) {
    float const w = std::min(a.right(), b.right()) - std::max(a.left, b.left);
    float const h = std::min(a.bottom(), b.bottom()) - std::max(a.top, b.top);
    return w > 0 && h > 0 ? w * h : 0.0f;
}

/// Intersection over union, 0 to 1; 0 when both boxes are empty.
constexpr float iou(box a, box b) {
    float const shared = intersection(a, b);
    float const joined = a.area() + b.area() - shared;
    return joined > 0 ? shared / joined : 0.0f;
}

/// "left 12 top 30 width 56 height 72"; include `<ostream>` to use it.
template <class Character, class Traits>
std::basic_ostream<Character, Traits>& operator<<(std::basic_ostream<Character, Traits>& out, box b) {
    return out << "left " << b.left << " top " << b.top << " width " << b.width << " height " << b.height;
}

} // namespace mcfa
