// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/geometry.hpp>
#include <mcfa/image/draw/polygon.hpp>
#include <mcfa/image/image.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <span>
#include <vector>

namespace mcfa::image {

// Everything here is antialiased, takes the coordinates of core/geometry.hpp and draws what lies inside the photo.

/// A filled polygon of one colour; `opacity` is 0 to 1.
inline void fill_polygon(pixels& photo, std::span<point const> polygon, colour ink, float opacity = 1) {
    paint_polygon(photo, polygon, [ink](point) { return ink; }, opacity);
}

/// The outline of an ellipse as a polygon, turned by `angle` radians; its error stays below a tenth of a pixel.
inline std::vector<point> ellipse(point centre, float radius_x, float radius_y, float angle = 0) {
    float const radius = std::max({1.0f, std::abs(radius_x), std::abs(radius_y)}); // 1 if neither is a number
    int const count = static_cast<int>(std::clamp(std::ceil(std::numbers::pi_v<float> / std::acos(1 - 0.1f / radius)), 12.0f, 240.0f));
    float const c = std::cos(angle), s = std::sin(angle);
    std::vector<point> outline(count);
    for (int i = 0; i < count; ++i) {
        float const turn = 2 * std::numbers::pi_v<float> * static_cast<float>(i) / static_cast<float>(count);
        float const x = radius_x * std::cos(turn), y = radius_y * std::sin(turn);
        outline[i] = {centre.x + c * x - s * y, centre.y + s * x + c * y};
    }
    return outline;
}

inline void fill_ellipse(pixels& photo, point centre, float radius_x, float radius_y, colour ink, float opacity = 1) {
    fill_polygon(photo, ellipse(centre, radius_x, radius_y), ink, opacity);
}

inline void fill_disc(pixels& photo, point centre, float radius, colour ink, float opacity = 1) {
    fill_ellipse(photo, centre, radius, radius, ink, opacity);
}

inline void fill_rectangle(pixels& photo, box area, colour ink, float opacity = 1) {
    std::array<point, 4> const corners{
        point{area.left, area.top}, {area.right(), area.top}, {area.right(), area.bottom()}, {area.left, area.bottom()}};
    fill_polygon(photo, corners, ink, opacity);
}

/// The edge of a box, `thickness` pixels wide, half of it on either side of the edge.
inline void draw_rectangle(pixels& photo, box area, colour ink, float thickness = 2, float opacity = 1) {
    float const t = thickness, h = thickness / 2;
    fill_rectangle(photo, {area.left - h, area.top - h, area.width + t, t}, ink, opacity);
    fill_rectangle(photo, {area.left - h, area.bottom() - h, area.width + t, t}, ink, opacity);
    fill_rectangle(photo, {area.left - h, area.top + h, t, area.height - t}, ink, opacity);
    fill_rectangle(photo, {area.right() - h, area.top + h, t, area.height - t}, ink, opacity);
}

/// A straight line with flat ends.
inline void draw_line(pixels& photo, point from, point to, colour ink, float thickness = 2, float opacity = 1) {
    float const dx = to.x - from.x, dy = to.y - from.y, length = std::hypot(dx, dy);
    if (!(length > 0)) return;
    float const nx = -dy / length * thickness / 2, ny = dx / length * thickness / 2;
    std::array<point, 4> const corners{
        point{from.x + nx, from.y + ny}, {to.x + nx, to.y + ny}, {to.x - nx, to.y - ny}, {from.x - nx, from.y - ny}};
    fill_polygon(photo, corners, ink, opacity);
}

/// The outline of a curve drawn through `path` with a pen of `thickness(t)`, t from 0 at its start to 1 at its end.
/// The path should bend gently for its thickness.
template <class Thickness>
std::vector<point> stroke(std::span<point const> path, Thickness&& thickness) {
    std::size_t const n = path.size();
    if (n < 2) return {};
    std::vector<point> outline(2 * n);
    for (std::size_t i = 0; i < n; ++i) {
        point const a = path[i == 0 ? 0 : i - 1], b = path[i + 1 < n ? i + 1 : i];
        float const dx = b.x - a.x, dy = b.y - a.y, length = std::max(std::hypot(dx, dy), 1e-6f);
        float const half = thickness(static_cast<float>(i) / static_cast<float>(n - 1)) / 2;
        outline[i] = {path[i].x - dy / length * half, path[i].y + dx / length * half};
        outline[2 * n - 1 - i] = {path[i].x + dy / length * half, path[i].y - dx / length * half};
    }
    return outline;
}

} // namespace mcfa::image
