// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/image/image.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace mcfa::image {

/// The orientation, 1 to 8, that an EXIF block holds (tag 0x0112 of its first directory); 1, upright, where there is none or
/// the block makes no sense, because a photo with a broken EXIF block is still a photo.
/// `tiff` starts at the byte order mark "II" or "MM", after the "Exif\0\0" that precedes it in a JPEG.
inline int exif_orientation(std::span<std::uint8_t const> tiff) {
    if (tiff.size() < 8 || tiff[0] != tiff[1] || (tiff[0] != 'I' && tiff[0] != 'M')) return 1;
    bool const little = tiff[0] == 'I';
    auto number = [&](std::size_t at, std::size_t bytes) {
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < bytes; ++i) value = value << 8 | tiff[at + (little ? bytes - 1 - i : i)];
        return value;
    };
    if (number(2, 2) != 42) return 1;
    std::size_t const directory = number(4, 4);
    if (directory + 2 > tiff.size()) return 1;
    std::size_t const entries = number(directory, 2);
    for (std::size_t i = 0; i < entries; ++i) {
        std::size_t const entry = directory + 2 + 12 * i; // tag 2, type 2, count 4, value 4
        if (entry + 12 > tiff.size()) return 1;
        if (number(entry, 2) != 0x0112) continue;
        // The standard says SHORT; some writers use another type of whole numbers: BYTE, SHORT, LONG or their signed forms.
        std::size_t const type = number(entry + 2, 2);
        std::size_t const length = type == 1 || type == 6 ? 1 : type == 3 || type == 8 ? 2 : type == 4 || type == 9 ? 4 : 0;
        if (length == 0 || number(entry + 4, 4) != 1) return 1;
        std::uint32_t const value = number(entry + 8, length);
        return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
    }
    return 1;
}

/// The photo as its camera saw it: undoes EXIF orientation 1 to 8. Orientations 5 to 8 swap height and width.
inline pixels upright(pixels stored, int orientation) {
    if (orientation <= 1 || orientation > 8) return stored;
    int const h = height(stored), w = width(stored);
    bool const turned = orientation >= 5;
    // Where the shown pixel (y, x) lies in the stored photo: first perhaps transposed, then perhaps flipped.
    bool const flip_x = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    bool const flip_y = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    pixels shown = turned ? blank(w, h) : blank(h, w);
    std::uint8_t* out = shown.data();
    for (int y = 0; y < height(shown); ++y) {
        for (int x = 0; x < width(shown); ++x, out += 3) {
            int row = turned ? x : y, column = turned ? y : x;
            if (flip_y) row = h - 1 - row;
            if (flip_x) column = w - 1 - column;
            std::uint8_t const* in = stored.data() + (static_cast<std::size_t>(row) * w + column) * 3;
            out[0] = in[0];
            out[1] = in[1];
            out[2] = in[2];
        }
    }
    return shown;
}

} // namespace mcfa::image
