// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/data/synthetic/canvas.hpp>
#include <mcfa/data/synthetic/person.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

namespace mcfa::data {

// All positions are in the face's own coordinates (see face_canvas), for a frontal face.

inline point eye_centre(face_person const& p, float side) { return {side * p.eye_distance, -0.1f}; }
inline point nose_tip(face_person const& p) { return {0, -0.06f + p.nose_length}; }
inline point mouth_corner(face_person const& p, face_traits const& t, float side) {
    return {side * p.mouth_width * (t.smiling ? 1.22f : 1.0f), t.smiling ? 0.66f : 0.75f};
}

inline void draw_eye(face_canvas& canvas, face_person const& p, face_traits const& t, float side) {
    point const c = eye_centre(p, side);
    float const w = p.eye_size, up = w * (t.smiling ? 0.56f : 0.64f), down = w * (t.smiling ? 0.34f : 0.46f), slant = p.eye_slant * side;
    point const inner{c.x - side * w, c.y + 0.015f - slant}, outer{c.x + side * w, c.y - 0.015f + slant};
    std::vector<point> const knots{inner,
                                   {c.x - side * w * 0.45f, c.y - up * 0.85f},
                                   {c.x + side * w * 0.15f, c.y - up},
                                   {c.x + side * w * 0.68f, c.y - up * 0.72f + slant},
                                   outer,
                                   {c.x + side * w * 0.4f, c.y + down * 0.9f},
                                   {c.x - side * w * 0.3f, c.y + down}};
    canvas.glow(canvas.to_photo(canvas.turned(c)), w * 1.9f * canvas.unit, p.shade, 0.42f);

    // White, iris, pupil and gleam are one paint, so the lids cut them all alike.
    point const middle = canvas.to_photo(canvas.turned({c.x + p.gaze * w * 0.8f, c.y - up * 0.1f}));
    float const iris = w * 0.56f * canvas.unit, pupil = iris * 0.48f;
    point const gleam{middle.x + p.light * iris * 0.32f, middle.y - iris * 0.36f};
    float const lid = canvas.to_photo(canvas.turned({c.x, c.y - up})).y;
    auto inside = [](float distance, float radius) { return std::clamp(radius - distance + 0.5f, 0.0f, 1.0f); };
    image::paint_polygon(canvas.photo, canvas.features_on_photo(smooth(knots, true)), [&](point at) {
        float const d = std::hypot(at.x - middle.x, at.y - middle.y);
        float const shadow = std::clamp(1 - (at.y - lid) / (w * canvas.unit * 0.7f), 0.0f, 1.0f);
        image::colour ink = image::mix(image::colour{250, 249, 246}, {176, 172, 178}, shadow);
        image::colour const ring =
            mix(mix(p.iris, {255, 255, 255}, 0.18f), mix(p.iris, {0, 0, 0}, 0.55f), std::clamp(d / iris * d / iris, 0.0f, 1.0f));
        ink = mix(ink, ring, inside(d, iris));
        ink = mix(ink, {14, 10, 12}, inside(d, pupil));
        return mix(ink, {255, 255, 255}, 0.95f * inside(std::hypot(at.x - gleam.x, at.y - gleam.y), iris * 0.26f));
    });

    image::colour const lash = t.lipstick ? image::colour{24, 18, 22} : mix(p.hair, {30, 22, 22}, 0.75f);
    canvas.stroke({inner, knots[1], knots[2], knots[3], {outer.x + side * 0.02f, outer.y - 0.01f}}, lash, t.lipstick ? 0.06f : 0.042f);
    if (t.lipstick) canvas.stroke({knots[3], outer, {outer.x + side * 0.06f, outer.y - 0.07f}}, lash, 0.035f);
    canvas.stroke({inner, knots[6], knots[5], outer}, p.shade, 0.022f, 0.7f);
    canvas.stroke({{c.x - side * w * 0.8f, c.y - up * 1.15f}, {c.x, c.y - up * 1.5f}, {c.x + side * w, c.y - up * 1.05f}}, p.shade, 0.025f,
                  0.6f);
}

inline void draw_brow(face_canvas& canvas, face_person const& p, face_traits const& t, float side) {
    point const c = eye_centre(p, side);
    float const lift = (t.smiling ? 0.33f : 0.29f), tilt = p.brow_tilt;
    // Dark skin under light hair, or the other way round: the brow keeps some distance to both.
    image::colour const ink = mix(mix(p.hair, {46, 32, 26}, t.blond_hair ? 0.45f : 0.3f), p.shade, 0.08f);
    canvas.stroke({{c.x - side * 0.23f, c.y - lift + 0.05f + tilt},
                   {c.x - side * 0.02f, c.y - lift - 0.03f},
                   {c.x + side * 0.16f, c.y - lift - 0.025f},
                   {c.x + side * 0.29f, c.y - lift + 0.06f}},
                  ink, t.bushy_eyebrows ? 0.15f : 0.055f, t.bushy_eyebrows ? 0.96f : 0.82f);
}

inline void draw_nose(face_canvas& canvas, face_person const& p) {
    point const tip = nose_tip(p);
    float const w = p.nose_width, y = tip.y;
    image::colour const dark = mix(p.shade, {70, 30, 26}, 0.25f), bright = mix(p.skin, {255, 250, 240}, 0.5f);
    canvas.stroke(
        {{-p.light * 0.09f, -0.12f}, {-p.light * 0.075f, y - 0.22f}, {-p.light * w * 0.95f, y - 0.02f}, {-p.light * w * 0.85f, y + 0.07f}},
        p.shade, 0.05f, 0.5f);
    canvas.stroke({{-w, y - 0.02f},
                   {-w * 0.98f, y + 0.06f},
                   {-w * 0.45f, y + 0.09f},
                   {0, y + 0.115f},
                   {w * 0.45f, y + 0.09f},
                   {w * 0.98f, y + 0.06f},
                   {w, y - 0.02f}},
                  dark, 0.035f, 0.75f);
    for (float side : {-1.0f, 1.0f})
        canvas.feature(
            {{side * w * 0.25f, y + 0.075f}, {side * w * 0.5f, y + 0.05f}, {side * w * 0.72f, y + 0.075f}, {side * w * 0.45f, y + 0.095f}},
            mix(dark, {30, 10, 10}, 0.5f), 0.85f);
    canvas.glow(canvas.to_photo(canvas.turned({p.light * 0.03f, y - 0.04f})), 0.14f * canvas.unit, bright, 0.75f);
    canvas.glow(canvas.to_photo(canvas.turned({p.light * 0.02f, y - 0.25f})), 0.11f * canvas.unit, bright, 0.4f);
}

inline void draw_mouth(face_canvas& canvas, face_person const& p, face_traits const& t) {
    point const left = mouth_corner(p, t, -1), right = mouth_corner(p, t, 1);
    float const w = right.x, sag = t.smiling ? 0.13f : -0.015f; // the middle of the mouth below its corners
    float const gap = t.mouth_open ? (t.smiling ? 0.15f : 0.17f) : 0.0f, lip = p.lip_height * (t.lipstick ? 1.25f : 1.0f);
    float const y = left.y + sag, upper = y - gap * 0.3f, lower = y + gap * 0.7f;
    image::colour const dark = mix(p.lip, {60, 12, 18}, 0.55f);
    // Curves from corner to corner: rim of the upper lip, both edges of the opening, rim of the lower lip.
    auto across = [&](float middle) {
        return std::array<point, 3>{
            point{-w * 0.5f, left.y + (middle - left.y) * 0.78f}, {0, middle}, {w * 0.5f, left.y + (middle - left.y) * 0.78f}};
    };
    auto const a = across(upper), b = across(lower);
    if (gap > 0) {
        std::vector<point> const opening{left, a[0], a[1], a[2], right, b[2], b[1], b[0]};
        float const teeth = t.smiling ? 0.62f : 0.34f;
        image::colour const back{72, 18, 26}, ivory{250, 246, 236}, tongue{196, 84, 92};
        image::paint_polygon(canvas.photo, canvas.features_on_photo(smooth(opening, true)), [&](point at) {
            point const f = canvas.to_face(at);
            float const x = std::clamp((f.x - canvas.turn * 0.75f) / w, -1.0f, 1.0f), bend = 1 - x * x;
            float const roof = left.y + (upper - left.y) * bend + canvas.nod * 0.75f, depth = (f.y - roof) / std::max(gap, 0.01f);
            float const edge = 1 / (gap * canvas.unit); // one photo pixel
            image::colour const below = mix(back, tongue, std::clamp((depth - 0.72f) / 0.12f, 0.0f, 1.0f));
            return mix(ivory, below, std::clamp((depth - teeth) / edge + 0.5f, 0.0f, 1.0f));
        });
    }
    float const bow = upper - lip * 0.85f;
    canvas.feature({left,
                    {-w * 0.55f, left.y + (bow - left.y) * 0.85f},
                    {-w * 0.2f, bow - lip * 0.12f},
                    {0, bow + lip * 0.2f},
                    {w * 0.2f, bow - lip * 0.12f},
                    {w * 0.55f, left.y + (bow - left.y) * 0.85f},
                    right,
                    a[2],
                    a[1],
                    a[0]},
                   mix(p.lip, {50, 10, 20}, 0.14f));
    float const rim = lower + lip * 1.2f;
    canvas.feature({left,
                    b[0],
                    b[1],
                    b[2],
                    right,
                    {w * 0.55f, left.y + (rim - left.y) * 0.84f},
                    {0, rim},
                    {-w * 0.55f, left.y + (rim - left.y) * 0.84f}},
                   p.lip);
    canvas.glow(canvas.to_photo(canvas.turned({p.light * w * 0.2f, lower + lip * 0.5f})), 0.1f * canvas.unit, {255, 235, 235},
                t.lipstick ? 0.6f : 0.25f);
    if (gap == 0) canvas.stroke({left, a[0], a[1], a[2], right}, dark, 0.035f, 0.95f);
    canvas.glow(canvas.to_photo(canvas.turned({0, rim + 0.1f})), 0.2f * canvas.unit, p.shade, 0.45f);
    for (float side : {-1.0f, 1.0f}) {
        point const c = mouth_corner(p, t, side);
        canvas.glow(canvas.to_photo(canvas.turned(c)), 0.09f * canvas.unit, dark, 0.6f);
        if (t.smiling)
            canvas.stroke({{side * p.nose_width * 1.35f, 0.36f}, {c.x + side * 0.06f, 0.5f}, {c.x + side * 0.12f, c.y + 0.04f}}, p.shade,
                          0.035f, 0.45f);
    }
}

inline void draw_mustache(face_canvas& canvas, face_person const& p, face_traits const& t) {
    float const base = nose_tip(p).y + 0.13f, w = mouth_corner(p, t, 1).x;
    image::colour const ink = mix(p.hair, {64, 36, 20}, t.blond_hair ? 0.42f : 0.3f);
    for (float side : {-1.0f, 1.0f}) {
        canvas.feature({{0, base},
                        {side * w * 0.5f, base + 0.02f},
                        {side * w * 1.0f, base + 0.14f},
                        {side * w * 1.26f, base + 0.2f},
                        {side * w * 0.85f, base + 0.24f},
                        {side * w * 0.35f, base + 0.17f},
                        {0, base + 0.13f}},
                       ink, 0.97f);
        for (float k : {0.3f, 0.6f, 0.9f})
            canvas.stroke({{side * w * k * 0.6f, base + 0.04f},
                           {side * w * (k * 0.8f + 0.05f), base + 0.12f},
                           {side * w * (k + 0.08f), base + 0.19f}},
                          mix(ink, {255, 240, 220}, 0.3f), 0.018f, 0.6f);
    }
}

inline void draw_glasses(face_canvas& canvas, face_person const& p) {
    image::colour const frame = mix(p.accent, {20, 18, 24}, p.frame_style == 0 ? 0.8f : 0.6f);
    float const rx = p.frame_style == 0 ? 0.28f : 0.315f, ry = p.frame_style == 0 ? 0.275f : 0.225f, pen = 0.055f;
    float const inner = p.eye_distance - rx;
    for (float side : {-1.0f, 1.0f}) {
        point const c = eye_centre(p, side);
        std::vector<point> rim;
        for (int i = 0; i <= 16; ++i) {
            float const turn = static_cast<float>(i % 16) * 0.392699082f, cosine = std::cos(turn), sine = std::sin(turn);
            float const square = p.frame_style == 0 ? 1.0f : std::pow(std::abs(cosine) * std::abs(sine) * 2, 2.0f) * 0.16f + 1.0f;
            rim.push_back({c.x + rx * cosine * square, c.y + 0.02f + ry * sine * square});
        }
        canvas.fill(canvas.features_on_photo(smooth(std::vector<point>(rim.begin(), rim.end() - 1), true)), {214, 232, 244}, 0.16f);
        canvas.stroke(rim, frame, pen, 1, false);
        canvas.stroke({{c.x - 0.12f, c.y + 0.08f}, {c.x + 0.08f, c.y - 0.13f}}, {255, 255, 255}, 0.035f, 0.5f);
        canvas.stroke({{side * (p.eye_distance + rx), c.y - 0.02f}, {side * 0.99f, c.y - 0.05f}}, frame, pen * 0.8f, 1, false);
    }
    canvas.stroke({{-inner, -0.1f}, {0, -0.15f}, {inner, -0.1f}}, frame, pen, 1, false);
}

} // namespace mcfa::data
