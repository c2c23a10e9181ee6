// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/image/draw.hpp>
#include <mcfa/image/draw/text.hpp>
#include <mcfa/image/resample.hpp>
#include <mcfa/zoo/mcfa.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

/// A detected face as JSON: box (left, top, width, height) and landmarks in photo pixels, probabilities from 0 to 1.
template <class Face>
nlohmann::json to_json(Face const& face) {
    using names = mcfa::zoo::celeba_attributes;
    nlohmann::json attributes, landmarks = nlohmann::json::array();
    auto const probabilities = face.template get<names>();
    for (std::size_t k = 0; k < probabilities.size(); ++k) attributes[std::string(names::names[k])] = probabilities[k];
    for (mcfa::point const p : face.landmarks) landmarks.push_back({p.x, p.y});
    return {{"box", {face.box.left, face.box.top, face.box.width, face.box.height}},
            {"probability", face.probability},
            {"landmarks", landmarks},
            {"attributes", attributes}};
}

/// A photo made larger by a whole number, so that lines and letters have room on small ones.
inline mcfa::image::pixels enlarged(mcfa::image::pixels const& photo, int times) {
    int const height = mcfa::image::height(photo), width = mcfa::image::width(photo), side = std::max(height, width);
    if (times == 1) return photo;
    std::vector<float> square(static_cast<std::size_t>(side * times) * static_cast<std::size_t>(side * times) * 3);
    auto const middle = static_cast<float>(side) / 2;
    mcfa::image::cut(photo, {{middle, middle}, static_cast<float>(side), 0, false}, side * times, square);
    auto large = mcfa::image::blank(height * times, width * times);
    std::size_t const line = static_cast<std::size_t>(width * times) * 3;
    for (std::size_t y = 0; y < static_cast<std::size_t>(height * times); ++y)
        for (std::size_t i = 0; i < line; ++i)
            large.data()[y * line + i] = static_cast<std::uint8_t>(square[y * static_cast<std::size_t>(side * times) * 3 + i] + 0.5f);
    return large;
}

/// The attributes that are at least `sure` probable, the most probable first.
template <class Face>
std::vector<std::string> sure_attributes(Face const& face, float sure) {
    using names = mcfa::zoo::celeba_attributes;
    auto const probabilities = face.template get<names>();
    std::vector<std::pair<float, std::string>> some;
    for (std::size_t k = 0; k < probabilities.size(); ++k) {
        if (probabilities[k] < sure) continue;
        std::string name(names::names[k]);
        std::replace(name.begin(), name.end(), '_', ' ');
        some.emplace_back(probabilities[k], name);
    }
    std::stable_sort(some.begin(), some.end(), [](auto const& a, auto const& b) { return a.first > b.first; });
    std::vector<std::string> lines;
    for (auto& [probability, name] : some) lines.push_back(std::move(name));
    return lines;
}

/// The photo with boxes, landmarks and sure attributes; a photo whose shorter side has fewer than 400 pixels is enlarged first. Sizes of lines and
/// letters follow from the photo, and from the face where that is small.
template <class Faces>
mcfa::image::pixels annotated(mcfa::image::pixels const& photo, Faces const& faces, float sure) {
    using namespace mcfa;
    int const shorter = std::min(image::height(photo), image::width(photo)), longer = std::max(image::height(photo), image::width(photo));
    int const times = std::clamp((399 + shorter) / shorter, 1, std::max(1, 2000 / longer));
    auto const by = static_cast<float>(times);
    auto picture = enlarged(photo, times);
    auto const high = static_cast<float>(image::height(picture)), wide = static_cast<float>(image::width(picture));
    float const unit = std::max(1.0f, std::min(high, wide) / 400); // a line that is well seen on the whole picture
    for (auto const& face : faces) {
        box const at{face.box.left * by, face.box.top * by, face.box.width * by, face.box.height * by};
        float const pen = std::clamp(at.width / 60, unit, 2.5f * unit);
        image::draw_rectangle(picture, at, {16, 18, 24}, 2 * pen, 0.6f);
        image::draw_rectangle(picture, at, {110, 235, 120}, pen);
        for (point const p : face.landmarks) {
            image::fill_disc(picture, {p.x * by, p.y * by}, 1.9f * pen, {16, 18, 24}, 0.6f);
            image::fill_disc(picture, {p.x * by, p.y * by}, 1.3f * pen, {255, 210, 60});
        }
    }
    for (auto const& face : faces) { // text lies over the lines of all faces
        box const at{face.box.left * by, face.box.top * by, face.box.width * by, face.box.height * by};
        auto lines = sure_attributes(face, sure);
        lines.insert(lines.begin(), "face " + std::to_string(static_cast<int>(100 * face.probability)) + " %");
        float const scale = std::clamp(at.width / 110, 1.1f * unit, 2.0f * unit), step = 11 * scale;
        auto const room =
            static_cast<std::size_t>(std::max(1.0f, at.height * 0.9f / step)); // no longer than the face, so that faces nearby stay seen
        if (lines.size() > room) lines.resize(room);
        float width = 0;
        for (auto const& line : lines) width = std::max(width, image::text_box({0, 0}, line, scale).width);
        bool const beside =
            at.right() + width + 2 * unit < wide; // else on the left, and where that has no room either inside the picture's edge
        float const left = beside ? at.right() + 2 * unit : std::clamp(at.left - width - 2 * unit, 0.0f, std::max(0.0f, wide - width));
        float top = std::clamp(at.top, 0.0f, std::max(0.0f, high - static_cast<float>(lines.size()) * step));
        for (auto const& line : lines) top = image::draw_text(picture, {left, top}, line, {.scale = scale}).bottom();
    }
    return picture;
}
