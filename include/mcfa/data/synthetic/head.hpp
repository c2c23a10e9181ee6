// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/data/synthetic/canvas.hpp>
#include <mcfa/data/synthetic/person.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace mcfa::data {

/// Height of the hairline; with the ears and the chin it bounds the face box.
inline constexpr float hairline = -0.78f;

/// The rim of the head, from the left temple over the chin to the right temple and back over the skull.
inline std::vector<point> head_knots(face_person const& p) {
    return {{-0.97f, -0.45f},
            {-1.0f, 0.0f},
            {-0.96f, 0.4f},
            {-p.jaw, 0.8f},
            {-p.jaw * 0.55f, p.chin - 0.1f},
            {0, p.chin},
            {p.jaw * 0.55f, p.chin - 0.1f},
            {p.jaw, 0.8f},
            {0.96f, 0.4f},
            {1.0f, 0.0f},
            {0.97f, -0.45f},
            {0.78f, -0.92f},
            {0.35f, -1.18f},
            {0, -1.22f},
            {-0.35f, -1.18f},
            {-0.78f, -0.92f}};
}

inline std::vector<point> ear_knots(float side) {
    return {{side * 0.93f, -0.2f}, {side * 1.04f, -0.28f}, {side * 1.13f, -0.18f},
            {side * 1.12f, 0.06f}, {side * 1.04f, 0.26f},  {side * 0.93f, 0.26f}};
}

inline void draw_shoulders(face_canvas& canvas, face_person const& p) {
    float const neck = p.chin + 0.3f;
    canvas.shape({{-2.6f, 9.0f},
                  {-2.3f, 3.6f},
                  {-2.15f, 2.2f},
                  {-1.6f, 1.88f},
                  {-0.65f, neck},
                  {0, neck + 0.16f},
                  {0.65f, neck},
                  {1.6f, 1.88f},
                  {2.15f, 2.2f},
                  {2.3f, 3.6f},
                  {2.6f, 9.0f}},
                 p.clothes);
    image::colour const throat = mix(p.skin, p.shade, 0.6f);
    canvas.shape({{-0.52f, 0.6f},
                  {0.52f, 0.6f},
                  {0.54f, p.chin + 0.12f},
                  {0.66f, neck + 0.02f},
                  {0.3f, neck + 0.2f},
                  {0, neck + 0.26f},
                  {-0.3f, neck + 0.2f},
                  {-0.66f, neck + 0.02f},
                  {-0.54f, p.chin + 0.12f}},
                 throat);
    canvas.shape({{-0.56f, 0.6f}, {0.56f, 0.6f}, {0.5f, p.chin + 0.02f}, {0, p.chin + 0.16f}, {-0.5f, p.chin + 0.02f}}, p.shade, 0.6f);
    image::colour const hem = mix(p.clothes, {255, 255, 255}, 0.3f);
    canvas.fill(image::stroke(
                    canvas.on_photo(smooth(
                        std::vector<point>{
                            {-0.72f, neck - 0.02f}, {-0.36f, neck + 0.2f}, {0, neck + 0.28f}, {0.36f, neck + 0.2f}, {0.72f, neck - 0.02f}},
                        false)),
                    [&](float) { return 0.09f * canvas.unit; }),
                hem);
}

inline void draw_head(face_canvas& canvas, face_person const& p, face_traits const& t) {
    for (float side : {-1.0f, 1.0f}) {
        canvas.shape(ear_knots(side), mix(p.skin, p.shade, side == p.light ? 0.15f : 0.5f));
        canvas.shape({{side * 1.0f, -0.12f}, {side * 1.07f, -0.15f}, {side * 1.07f, 0.04f}, {side * 1.01f, 0.14f}}, p.shade, 0.55f);
    }
    // A rounded head under one lamp: darker towards its rim and away from the light.
    image::colour const bright = mix(p.skin, {255, 248, 236}, 0.16f);
    image::paint_polygon(canvas.photo, canvas.on_photo(smooth(head_knots(p), true)), [&](point at) {
        point const f = canvas.to_face(at);
        float const rim = std::clamp(f.x * f.x + f.y * f.y / (p.chin * p.chin), 0.0f, 1.1f), side = f.x * p.light - 0.35f * f.y;
        return mix(bright, p.shade, std::clamp(0.16f + 0.5f * rim * rim - 0.2f * side, 0.0f, 0.8f));
    });
    float const cheek = t.smiling ? 0.3f : 0.36f;
    for (float side : {-1.0f, 1.0f}) {
        point const at = canvas.to_photo(canvas.turned({side * 0.58f, cheek}));
        if (t.rosy_cheeks) canvas.glow(at, 0.36f * canvas.unit, {232, 70, 84}, 0.55f);
        if (t.smiling) canvas.glow(canvas.to_photo(canvas.turned({side * 0.56f, cheek - 0.1f})), 0.2f * canvas.unit, bright, 0.4f);
    }
}

/// Hair that falls behind the head.
inline void draw_back_hair(face_canvas& canvas, face_person const& p) {
    float const v = p.volume;
    image::colour const deep = mix(p.hair, {0, 0, 0}, 0.28f);
    if (p.hair_style == 1)
        canvas.shape({{-1.05f - v, -0.6f},
                      {-1.2f - v, 0.4f},
                      {-1.25f - v, 1.3f},
                      {-1.05f, 1.85f},
                      {-0.6f, 1.7f},
                      {0, 1.2f},
                      {0.6f, 1.7f},
                      {1.05f, 1.85f},
                      {1.25f + v, 1.3f},
                      {1.2f + v, 0.4f},
                      {1.05f + v, -0.6f},
                      {0.6f, -1.2f},
                      {-0.6f, -1.2f}},
                     deep);
    if (p.hair_style == 2)
        for (int i = 0; i < 15; ++i) {
            float const turn = 3.14159265f * (static_cast<float>(i) / 14 * 1.36f - 0.18f), r = 1.06f + v;
            canvas.fill(canvas.on_photo(image::ellipse({-r * std::cos(turn), -0.2f - r * 0.98f * std::sin(turn)}, 0.27f, 0.27f)),
                        mix(deep, p.hair, i % 2 ? 0.3f : 0.8f));
        }
    if (p.hair_style == 3) {
        canvas.fill(canvas.on_photo(image::ellipse({0, -1.5f - v}, 0.42f, 0.36f)), p.hair);
        canvas.fill(canvas.on_photo(image::ellipse({0, -1.46f - v}, 0.3f, 0.22f)), deep, 0.35f);
    }
}

/// Hair over the skull, down to the hairline or, as bangs, to the brows.
inline void draw_front_hair(face_canvas& canvas, face_person const& p, face_traits const& t) {
    float const v = p.volume, part = p.parting_left ? -1.0f : 1.0f, top = -1.24f - v;
    image::colour const gloss = mix(p.hair, {255, 244, 226}, 0.26f), deep = mix(p.hair, {0, 0, 0}, 0.3f);
    float const ears = p.hair_style == 1 ? 0.35f : -0.12f; // how far the hair goes down before the ears
    std::vector<point> knots{
        {-0.96f, ears},       {-1.05f - v * 0.6f, -0.35f}, {-0.98f - v * 0.7f, -0.82f}, {-0.55f, top + 0.12f}, {0, top},
        {0.55f, top + 0.12f}, {0.98f + v * 0.7f, -0.82f},  {1.05f + v * 0.6f, -0.35f},  {0.96f, ears},         {0.88f, -0.38f}};
    if (t.bangs)
        knots.insert(knots.end(), {{0.76f, -0.5f},
                                   {0.5f, -0.44f},
                                   {0.36f, -0.54f},
                                   {0.14f, -0.43f},
                                   {-0.06f, -0.53f},
                                   {-0.28f, -0.43f},
                                   {-0.46f, -0.53f},
                                   {-0.7f, -0.46f}});
    else
        knots.insert(
            knots.end(),
            {{0.7f, -0.74f}, {part * 0.28f + 0.26f, -0.92f}, {part * 0.28f, -1.06f}, {part * 0.28f - 0.26f, -0.92f}, {-0.7f, -0.74f}});
    knots.push_back({-0.88f, -0.38f});
    image::paint_polygon(canvas.photo, canvas.on_photo(smooth(knots, true)), [&](point at) { // with a soft gleam where the lamp is
        point const f = canvas.to_face(at);
        float const x = (f.x - p.light * 0.35f) / 0.6f, y = (f.y - top - 0.24f) / 0.3f, gleam = std::max(0.0f, 1 - x * x - y * y);
        float const rim = std::clamp(f.x * f.x * 0.5f, 0.0f, 0.6f);
        return mix(mix(p.hair, deep, rim), gloss, 0.75f * gleam * gleam);
    });
    auto strand = [&](std::vector<point> const& path, image::colour ink, float width, float opacity) {
        float const pen = std::max(width * canvas.unit, 0.7f);
        canvas.fill(image::stroke(canvas.on_photo(smooth(path, false)), [&](float s) { return pen * (0.3f + 2.8f * s * (1 - s)); }), ink,
                    opacity);
    };
    for (int i = 0; i < 7; ++i) {
        float const x = -0.78f + 0.26f * static_cast<float>(i), lean = (x - part * 0.28f) * 0.35f,
                    end = t.bangs ? -0.58f : -0.98f + 0.24f * x * x;
        strand({{x * 0.7f + part * 0.05f, top + 0.12f + 0.1f * x * x}, {x * 0.95f, -1.05f}, {x + lean * 0.3f, end}}, i % 2 ? gloss : deep,
               0.05f, 0.42f);
    }
    if (!t.bangs) strand({{part * 0.28f, -1.06f}, {part * 0.3f, top + 0.06f}}, deep, 0.05f, 0.7f);
}

inline void draw_hat(face_canvas& canvas, face_person const& p) {
    float const v = p.volume;
    image::colour const felt = mix(p.accent, p.clothes == p.accent ? image::colour{200, 60, 60} : p.accent, 0.5f),
                        dark = mix(felt, {0, 0, 0}, 0.3f), light = mix(felt, {255, 255, 255}, 0.28f);
    float const w = 1.04f + v * 0.75f;
    auto shaded = [&](std::vector<point> const& outline) {
        image::paint_polygon(canvas.photo, outline, [&](point at) {
            return mix(light, dark, std::clamp(0.42f - 0.42f * p.light * canvas.to_face(at).x, 0.0f, 1.0f));
        });
    };
    if (p.hat_style == 0) { // woollen, with a rolled edge and a bobble
        canvas.fill(canvas.on_photo(image::ellipse({0, -1.92f}, 0.24f, 0.24f)), light);
        shaded(canvas.on_photo(smooth(
            std::vector<point>{
                {-w, -0.8f}, {-w * 0.92f, -1.3f}, {-0.5f, -1.72f}, {0, -1.82f}, {0.5f, -1.72f}, {w * 0.92f, -1.3f}, {w, -0.8f}},
            true)));
        shaded(canvas.on_photo(smooth(
            std::vector<point>{
                {-w * 1.05f, -0.72f}, {-w * 1.03f, -1.02f}, {0, -1.16f}, {w * 1.03f, -1.02f}, {w * 1.05f, -0.72f}, {0, -0.84f}},
            true)));
        for (int i = -4; i <= 4; ++i) {
            float const x = static_cast<float>(i) * 0.235f;
            canvas.fill(image::stroke(canvas.on_photo({{x, -0.86f + 0.09f * x * x}, {x * 1.01f, -1.12f + 0.09f * x * x}}),
                                      [&](float) { return std::max(0.7f, 0.03f * canvas.unit); }),
                        dark, 0.6f);
        }
    } else if (p.hat_style == 1) { // crown, ribbon and brim
        shaded(canvas.on_photo(smooth(std::vector<point>{{-w * 0.86f, -0.85f},
                                                         {-w * 0.82f, -1.4f},
                                                         {-0.6f, -1.82f},
                                                         {0, -1.74f},
                                                         {0.6f, -1.82f},
                                                         {w * 0.82f, -1.4f},
                                                         {w * 0.86f, -0.85f}},
                                      true)));
        canvas.shape({{-w * 0.87f, -0.8f}, {-w * 0.86f, -1.08f}, {0, -1.14f}, {w * 0.86f, -1.08f}, {w * 0.87f, -0.8f}},
                     mix(dark, {20, 16, 20}, 0.5f));
        shaded(canvas.on_photo(image::ellipse({0, -0.86f}, 1.55f, 0.17f)));
    } else { // a cap with a peak
        shaded(canvas.on_photo(smooth(std::vector<point>{{-w, -0.74f},
                                                         {-w * 0.95f, -1.2f},
                                                         {-0.55f, -1.58f},
                                                         {0, -1.66f},
                                                         {0.55f, -1.58f},
                                                         {w * 0.95f, -1.2f},
                                                         {w, -0.74f},
                                                         {0, -0.86f}},
                                      true)));
        canvas.fill(canvas.on_photo(image::ellipse({0, -1.66f}, 0.1f, 0.05f)), light);
        canvas.shape(
            {{-0.9f, -0.82f}, {-0.5f, -0.98f}, {0, -1.02f}, {0.5f, -0.98f}, {0.9f, -0.82f}, {0.62f, -0.69f}, {0, -0.63f}, {-0.62f, -0.69f}},
            dark);
        canvas.fill(canvas.on_photo(image::ellipse({0, -1.25f}, 0.2f, 0.18f)), mix(light, {255, 255, 255}, 0.5f), 0.9f);
    }
}

} // namespace mcfa::data
