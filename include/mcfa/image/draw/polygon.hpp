// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/geometry.hpp>
#include <mcfa/image/image.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace mcfa::image {

/// A colour to draw with; each value 0 to 255.
struct colour {
    float red = 0, green = 0, blue = 0;
    friend constexpr bool operator==(colour, colour) = default;
};

/// (1 - t) a + t b.
constexpr colour mix(colour a, colour b, float t) {
    return {a.red + (b.red - a.red) * t, a.green + (b.green - a.green) * t, a.blue + (b.blue - a.blue) * t};
}

/// Lays `ink` over a pixel: value = (1 - opacity) value + opacity ink, rounded. Ink or opacity that is not a number leaves 255.
inline void blend(std::uint8_t* pixel, colour ink, float opacity) {
    float const inks[3] = {ink.red, ink.green, ink.blue};
    for (int c = 0; c < 3; ++c) {
        float const mixed = std::min(255.0f, pixel[c] + (inks[c] - pixel[c]) * opacity); // 255 if it is not a number
        pixel[c] = static_cast<std::uint8_t>(std::max(0.0f, mixed) + 0.5f);
    }
}

/// Whether every corner is finite; a polygon with another corner has no inside and is not drawn.
inline bool is_finite(std::span<point const> polygon) {
    return std::ranges::all_of(polygon, [](point p) { return std::isfinite(p.x) && std::isfinite(p.y); });
}

/// A coordinate as an index from 0 to `most`; the nearest one if it lies outside. `v` is a number.
inline int clamped_index(float v, int most) { return static_cast<int>(std::clamp(v, 0.0f, static_cast<float>(most))); }

/// The exact share of each pixel that lies inside polygons, on a rectangle of whole pixels. A polygon is closed, and its winding does not matter;
/// polygons that are added one after the other should have the same winding and not overlap, or they count twice (capped at 1).
///
/// Every edge adds the area to its right: over one pixel row an edge runs from x0 to x1 with height d, and
/// F(c) = mean of max(0, c - x) along it, so column c gets d (F(c + 1) - F(c)) and all columns further right get d.
/// Sums of signed edges then leave the inside.
class coverage {
public:
    coverage(int left, int top, int width, int height)
        : left_(left), top_(top), width_(width), height_(height), change_(static_cast<std::size_t>(width + 2) * height) {}

    /// Leaves out a polygon with a corner that is not finite.
    void add(std::span<point const> polygon) {
        if (!is_finite(polygon)) return;
        for (std::size_t i = 0; i < polygon.size(); ++i) add_edge(polygon[i], polygon[(i + 1) % polygon.size()]);
    }

    /// Calls `paint(x, y, share)` for every pixel with a share above 0; x and y are the photo's pixel indices.
    template <class Paint>
    void visit(Paint&& paint) const {
        for (int y = 0; y < height_; ++y) {
            float const* change = change_.data() + static_cast<std::size_t>(y) * (width_ + 2);
            float sum = 0;
            for (int x = 0; x < width_; ++x) {
                sum += change[x];
                float const share = std::min(std::abs(sum), 1.0f);
                if (share > 1e-3f) paint(left_ + x, top_ + y, share);
            }
        }
    }

private:
    void add_edge(point a, point b) {
        float sign = 1;
        if (a.y > b.y) {
            std::swap(a, b);
            sign = -1;
        }
        if (!(b.y > a.y)) return;
        float const slope = (b.x - a.x) / (b.y - a.y);
        // Left of the rectangle everything counts in full; right of it nothing does.
        float const limit = static_cast<float>(width_);
        auto const at = [&](float y) {
            float const x = a.x + slope * (y - a.y) - static_cast<float>(left_);
            if (std::isfinite(x)) return std::clamp(x, 0.0f, limit);
            // A nearly level or very long edge exceeds the range of float on the way, never that of double.
            double const share = (double{y} - a.y) / (double{b.y} - a.y);
            return static_cast<float>(std::clamp(a.x + share * (double{b.x} - a.x) - left_, 0.0, double{limit}));
        };
        int const first = clamped_index(std::floor(a.y) - static_cast<float>(top_), height_);
        int const last = clamped_index(std::ceil(b.y) - static_cast<float>(top_), height_);
        for (int y = first; y < last; ++y) {
            float const from = std::max(a.y, static_cast<float>(top_ + y)), to = std::min(b.y, static_cast<float>(top_ + y + 1));
            if (!(to > from)) continue;
            float const at_from = at(from), at_to = at(to);
            float const x0 = std::min(at_from, at_to), x1 = std::max(at_from, at_to), height = sign * (to - from);
            float* const change = change_.data() + static_cast<std::size_t>(y) * (width_ + 2);
            int const begin = static_cast<int>(x0), end = static_cast<int>(std::ceil(x1));
            float before = 0, area_before = 0; // F at the column's left edge; the last column's share
            for (int column = begin; column <= end; ++column) {
                float const edge = static_cast<float>(column + 1);
                float const area = edge >= x1 ? edge - (x0 + x1) / 2 : (edge - x0) * (edge - x0) / (2 * (x1 - x0));
                float const here = area - before;
                change[column] += height * (here - area_before);
                before = area;
                area_before = here;
            }
        }
    }

    int left_, top_, width_, height_;
    std::vector<float> change_; // per row: how the share changes from column to column
};

/// Paints the polygon, antialiased; `paint(point centre) -> colour` gives each pixel its ink. Parts outside the photo are left out, and so is a
/// polygon with a corner that is not finite. Throws `shape_error` unless the photo has three channels.
template <class Paint>
void paint_polygon(pixels& photo, std::span<point const> polygon, Paint&& paint, float opacity = 1) {
    check_channels(photo, "drawing");
    if (polygon.size() < 3 || !is_finite(polygon)) return;
    float x0 = polygon[0].x, x1 = x0, y0 = polygon[0].y, y1 = y0;
    for (auto const& p : polygon) {
        x0 = std::min(x0, p.x), x1 = std::max(x1, p.x), y0 = std::min(y0, p.y), y1 = std::max(y1, p.y);
    }
    int const left = clamped_index(std::floor(x0), width(photo)), right = clamped_index(std::ceil(x1), width(photo));
    int const top = clamped_index(std::floor(y0), height(photo)), bottom = clamped_index(std::ceil(y1), height(photo));
    if (left >= right || top >= bottom) return;
    coverage area(left, top, right - left, bottom - top);
    area.add(polygon);
    std::uint8_t* const data = photo.data();
    auto const row_length = static_cast<std::size_t>(width(photo)) * 3;
    area.visit([&](int x, int y, float share) {
        blend(data + y * row_length + x * 3, paint(point{static_cast<float>(x) + 0.5f, static_cast<float>(y) + 0.5f}), share * opacity);
    });
}

} // namespace mcfa::image
