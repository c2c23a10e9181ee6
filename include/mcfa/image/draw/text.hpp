// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/geometry.hpp>
#include <mcfa/image/draw.hpp>
#include <mcfa/image/draw/font.hpp>
#include <mcfa/image/draw/polygon.hpp>
#include <mcfa/image/image.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mcfa::image {

/// How `draw_text` looks.
struct text_style {
    float scale = 2;                ///< photo pixels per font pixel: a capital letter is 7 * scale high. Need not be whole.
    colour ink{255, 255, 255};      ///< of the letters
    float backdrop_opacity = 0.75f; ///< of the plate behind them, 0 to 1; it is dark behind light ink and light behind dark ink
};

/// The plate that a line of text takes when its top-left corner is `corner`: margins included, 6 * scale a letter wide, 11 * scale high.
inline box text_box(point corner, std::string_view text, float scale = 2) {
    return {corner.x, corner.y, (static_cast<float>(text.size()) * 6 + 1) * scale, 11 * scale};
}

/// Writes one line; `corner` is the top-left corner of its plate. Letters outside ASCII 32 to 126 appear as question marks.
/// Returns the plate, so that the next line can be put at its bottom. Draws nothing if the plate is not finite.
/// Throws `shape_error` unless the photo has three channels.
inline box draw_text(pixels& photo, point corner, std::string_view text, text_style const& style = {}) {
    box const plate = text_box(corner, text, style.scale);
    float const brightness = 0.3f * style.ink.red + 0.59f * style.ink.green + 0.11f * style.ink.blue;
    colour const contrast = brightness > 110 ? colour{16, 18, 24} : colour{245, 245, 240};
    fill_rectangle(photo, plate, contrast, style.backdrop_opacity);

    std::array<point, 2> const corners{point{plate.left, plate.top}, {plate.right(), plate.bottom()}};
    if (!is_finite(corners)) return plate;
    int const left = clamped_index(std::floor(plate.left), width(photo)), right = clamped_index(std::ceil(plate.right()), width(photo));
    int const top = clamped_index(std::floor(plate.top), height(photo)), bottom = clamped_index(std::ceil(plate.bottom()), height(photo));
    if (left >= right || top >= bottom) return plate;
    // Font pixels are squares side by side, so their shares add up and no seam shows at any scale.
    coverage letters(left, top, right - left, bottom - top);
    for (std::size_t i = 0; i < text.size(); ++i) {
        glyph const& rows = glyph_of(text[i]);
        for (std::size_t row = 0; row < rows.size(); ++row)
            for (int column = 0; column < 5; ++column) {
                if (!(rows[row] >> (4 - column) & 1)) continue;
                float const x = plate.left + (static_cast<float>(i * 6) + static_cast<float>(column) + 1) * style.scale;
                float const y = plate.top + (static_cast<float>(row) + 1) * style.scale;
                letters.add(
                    std::array<point, 4>{point{x, y}, {x + style.scale, y}, {x + style.scale, y + style.scale}, {x, y + style.scale}});
            }
    }
    std::uint8_t* const data = photo.data();
    auto const row_length = static_cast<std::size_t>(width(photo)) * 3;
    letters.visit([&](int x, int y, float share) { blend(data + y * row_length + x * 3, style.ink, share); });
    return plate;
}

} // namespace mcfa::image
