// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/geometry.hpp>
#include <mcfa/image/draw.hpp>
#include <mcfa/image/draw/label_places.hpp>
#include <mcfa/image/draw/text.hpp>
#include <mcfa/image/frame.hpp>
#include <mcfa/image/image.hpp>
#include <mcfa/image/resample.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <vector>

namespace mcfa::image {

/// What is drawn of one face; places are pixels of the photo.
struct face_marks {
    box place;
    std::vector<point> landmarks;
    std::vector<std::string> lines; ///< of text beside the box
};

/// The photo's pixels in memory of their own.
inline pixels copied(frame const& photo) {
    pixels result = blank(photo.height(), photo.width());
    auto const line = static_cast<std::size_t>(photo.width()) * 3;
    std::vector<std::uint8_t> scratch;
    for (int y = 0; y < photo.height() && line > 0; ++y)
        std::copy_n(photo.row(y, 0, photo.width(), scratch), line, result.data() + static_cast<std::size_t>(y) * line);
    return result;
}

/// A photo made larger by a whole number, so that lines and letters have room on small ones. If it is more than 1, this takes 12 bytes a pixel of the
/// square about the result; else no more than the result.
inline pixels enlarged(frame const& photo, int times) {
    if (times == 1) return copied(photo);
    int const high = photo.height(), wide = photo.width(), side = std::max(high, wide), large = side * times;
    auto const middle = static_cast<float>(side) / 2;
    std::vector<float> square(static_cast<std::size_t>(large) * large * 3);
    pixels result = blank(high * times, wide * times);
    if (square.empty()) return result;
    cut(photo, {{middle, middle}, static_cast<float>(side), 0, false}, large, square);
    auto const line = static_cast<std::size_t>(wide * times) * 3, from = static_cast<std::size_t>(large) * 3;
    for (std::size_t y = 0; y < static_cast<std::size_t>(high * times); ++y)
        std::transform(square.data() + y * from, square.data() + y * from + line, result.data() + y * line,
                       [](float v) { return static_cast<std::uint8_t>(v + 0.5f); });
    return result;
}

/// Draws a face's box and landmarks with lines of `pen` pixels; places are multiplied by `times`.
inline void draw_face(pixels& picture, face_marks const& face, float pen, float times = 1) {
    box const at{face.place.left * times, face.place.top * times, face.place.width * times, face.place.height * times};
    draw_rectangle(picture, at, {16, 18, 24}, 2 * pen, 0.6f);
    draw_rectangle(picture, at, {110, 235, 120}, pen);
    float const dot = std::min(pen, at.width / 20); // five of them on a small face leave it seen
    for (point const p : face.landmarks) {
        fill_disc(picture, {p.x * times, p.y * times}, 1.9f * dot, {16, 18, 24}, 0.6f);
        fill_disc(picture, {p.x * times, p.y * times}, 1.3f * dot, {255, 210, 60});
    }
}

/// The photo with all faces on it, enlarged first if its shorter side has fewer than 400 pixels. Sizes of lines and letters follow from the
/// photo, and from the face where that is small. A face's text lies beside it, over no face and no other text: the largest faces have theirs
/// first, and where there is room for fewer lines, or none, the last ones are left out.
inline pixels annotated(frame const& photo, std::span<face_marks const> faces) {
    int const shorter = std::max(1, std::min(photo.height(), photo.width())), longer = std::max({1, photo.height(), photo.width()});
    int const times = std::clamp((399 + shorter) / shorter, 1, std::max(1, 2000 / longer));
    auto const by = static_cast<float>(times);
    pixels picture = enlarged(photo, times);
    auto const high = static_cast<float>(height(picture)), wide = static_cast<float>(width(picture));
    float const unit = std::max(1.0f, std::min(high, wide) / 400); // a line that is well seen on the whole picture
    std::vector<box> places;
    for (face_marks const& face : faces)
        places.push_back({face.place.left * by, face.place.top * by, face.place.width * by, face.place.height * by});
    std::vector<std::size_t> largest_first(faces.size());
    std::iota(largest_first.begin(), largest_first.end(), std::size_t{0});
    std::ranges::stable_sort(largest_first, [&](std::size_t i, std::size_t j) { return places[i].area() > places[j].area(); });

    label_places free(wide, high, places);
    for (std::size_t const i : largest_first) {
        box const at = places[i];
        float const scale = std::clamp(at.width / 110, 1.1f * unit, 2.0f * unit), step = 11 * scale;
        // No longer than the face, so that it is plain whose text it is.
        float const fit = at.height * 0.9f / step;
        auto const room = fit > 1 ? static_cast<std::size_t>(std::min(fit, 1000.0f)) : std::size_t{1};
        for (auto lines = std::span(faces[i].lines).first(std::min(faces[i].lines.size(), room)); !lines.empty();
             lines = lines.first(lines.size() - 1)) {
            float text_width = 0;
            for (auto const& line : lines) text_width = std::max(text_width, text_box({0, 0}, line, scale).width);
            auto const place = free.take(at, text_width, static_cast<float>(lines.size()) * step, 2 * unit);
            if (!place) continue;
            float top = place->y;
            for (auto const& line : lines) top = draw_text(picture, {place->x, top}, line, {.scale = scale}).bottom();
            break;
        }
    }
    for (face_marks const& face : faces) draw_face(picture, face, std::clamp(face.place.width * by / 60, unit, 2.5f * unit), by);
    return picture;
}

} // namespace mcfa::image
