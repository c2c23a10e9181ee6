// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/geometry.hpp>
#include <mcfa/core/random.hpp>
#include <mcfa/image/draw.hpp>
#include <mcfa/image/draw/polygon.hpp>
#include <mcfa/image/image.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace mcfa::data {

/// Points on a smooth curve through `knots` (the cubic of Catmull and Rom, 1974), `steps` a span; closed or with its two ends.
inline std::vector<point> smooth(std::span<point const> knots, bool closed, int steps = 8) {
    auto const n = static_cast<int>(knots.size());
    auto knot = [&](int i) { return knots[closed ? (i + n) % n : std::clamp(i, 0, n - 1)]; };
    std::vector<point> curve;
    curve.reserve(n * steps + 1);
    for (int i = 0; i < (closed ? n : n - 1); ++i) {
        point const a = knot(i - 1), b = knot(i), c = knot(i + 1), d = knot(i + 2);
        for (int k = 0; k < steps; ++k) {
            float const t = static_cast<float>(k) / static_cast<float>(steps), t2 = t * t, t3 = t2 * t;
            float const wa = (-t3 + 2 * t2 - t) / 2, wb = (3 * t3 - 5 * t2 + 2) / 2, wc = (-3 * t3 + 4 * t2 + t) / 2, wd = (t3 - t2) / 2;
            curve.push_back({wa * a.x + wb * b.x + wc * c.x + wd * d.x, wa * a.y + wb * b.y + wc * c.y + wd * d.y});
        }
    }
    if (!closed) curve.push_back(knots.back());
    return curve;
}

/// A photo seen through a face's own coordinates: (0, 0) between brow and nose, x to the right and y down before the head leans,
/// and 1 is half of the face's width.
struct face_canvas {
    image::pixels photo;
    point centre;     ///< of the face's coordinates, on the photo
    float unit = 1;   ///< photo pixels per unit
    float cosine = 1; ///< of the roll
    float sine = 0;
    float turn = 0; ///< how far the features move sideways and up or down: the head turns
    float nod = 0;

    point to_photo(point p) const { return {centre.x + unit * (cosine * p.x - sine * p.y), centre.y + unit * (sine * p.x + cosine * p.y)}; }
    point to_face(point p) const {
        float const x = (p.x - centre.x) / unit, y = (p.y - centre.y) / unit;
        return {cosine * x + sine * y, cosine * y - sine * x};
    }

    /// Where a point of the upright, frontal face goes when the head turns and nods: the middle of the face stands out most,
    /// its rim stays.
    point turned(point p) const {
        float const relief = std::max(0.0f, 1 - 0.8f * p.x * p.x - 0.35f * p.y * p.y);
        return {p.x + turn * relief, p.y + nod * relief};
    }

    std::vector<point> on_photo(std::vector<point> shape) const {
        for (auto& p : shape) p = to_photo(p);
        return shape;
    }
    std::vector<point> features_on_photo(std::vector<point> shape) const {
        for (auto& p : shape) p = to_photo(turned(p));
        return shape;
    }

    void fill(std::vector<point> const& on_photo, image::colour ink, float opacity = 1) {
        image::fill_polygon(photo, on_photo, ink, opacity);
    }

    /// A filled smooth shape of the face's coordinates.
    void shape(std::vector<point> const& knots, image::colour ink, float opacity = 1) { fill(on_photo(smooth(knots, true)), ink, opacity); }
    void feature(std::vector<point> const& knots, image::colour ink, float opacity = 1) {
        fill(features_on_photo(smooth(knots, true)), ink, opacity);
    }

    /// A pen stroke through the knots; `thickness` in the face's units, thinner at both ends where `taper`.
    void stroke(std::vector<point> const& knots, image::colour ink, float thickness, float opacity = 1, bool taper = true) {
        auto const path = features_on_photo(smooth(knots, false));
        float const pen = std::max(thickness * unit, 0.7f);
        fill(image::stroke(path, [&](float t) { return taper ? pen * (0.35f + 2.6f * t * (1 - t)) : pen; }), ink, opacity);
    }

    /// A spot without an edge, on the photo: strongest at its centre, nothing at `radius` pixels.
    void glow(point at, float radius, image::colour ink, float strength) {
        int const left = std::max(0, static_cast<int>(at.x - radius)),
                  right = std::min(image::width(photo), static_cast<int>(at.x + radius) + 1);
        int const top = std::max(0, static_cast<int>(at.y - radius)),
                  bottom = std::min(image::height(photo), static_cast<int>(at.y + radius) + 1);
        for (int y = top; y < bottom; ++y) {
            std::uint8_t* row = photo.data() + static_cast<std::size_t>(y) * image::width(photo) * 3;
            for (int x = left; x < right; ++x) {
                float const dx = (static_cast<float>(x) + 0.5f - at.x) / radius, dy = (static_cast<float>(y) + 0.5f - at.y) / radius;
                float const inside = 1 - dx * dx - dy * dy;
                if (inside > 0) image::blend(row + 3 * x, ink, strength * inside * inside);
            }
        }
    }
};

/// A number from the stream, as float.
inline float between(random_stream& random, double low, double high) { return static_cast<float>(random.uniform(low, high)); }

} // namespace mcfa::data
