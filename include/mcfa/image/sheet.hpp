// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/array_views.hpp>
#include <mcfa/core/error.hpp>
#include <mcfa/image/draw/text.hpp>
#include <mcfa/image/image.hpp>

#include <span>
#include <string>

namespace mcfa::image {

/// A picture with words beneath it, joined by commas and broken into lines of at most 30 letters; at most three lines are seen.
inline pixels captioned(pixels const& picture, std::span<std::string const> words) {
    int const margin = 64;
    pixels sheet = blank(height(picture) + margin, width(picture), 24, 26, 32);
    xt::view(sheet, xt::range(0, height(picture))) = picture;
    std::string line;
    float top = static_cast<float>(height(picture)) + 6;
    auto const flush = [&] {
        draw_text(sheet, {6, top}, line, {.scale = 1.5f, .backdrop_opacity = 0});
        top += 18;
        line.clear();
    };
    for (std::string const& word : words) {
        if (!line.empty() && line.size() + word.size() > 30) flush();
        if (!line.empty()) line += ", ";
        line += word;
    }
    flush();
    return sheet;
}

/// Pictures of one size side by side, `columns` in a row. Throws `shape_error` if there are none, or for two sizes.
inline pixels tiled(std::span<pixels const> pictures, int columns) {
    if (pictures.empty()) throw shape_error("a sheet of no pictures");
    int const high = height(pictures[0]), wide = width(pictures[0]), gap = 6, count = static_cast<int>(pictures.size());
    int const rows = (count + columns - 1) / columns;
    pixels sheet = blank(rows * (high + gap) + gap, columns * (wide + gap) + gap, 12, 13, 16);
    for (int i = 0; i < count; ++i) {
        pixels const& picture = pictures[i];
        if (height(picture) != high || width(picture) != wide)
            throw shape_error({"picture ", i, " of a sheet is ", width(picture), "x", height(picture), ", the first ", wide, "x", high});
        int const top = gap + i / columns * (high + gap), left = gap + i % columns * (wide + gap);
        xt::view(sheet, xt::range(top, top + high), xt::range(left, left + wide)) = picture;
    }
    return sheet;
}

} // namespace mcfa::image
