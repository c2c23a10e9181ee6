// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/detect/propose/level_image.hpp>
#include <mcfa/image/frame.hpp>
#include <mcfa/image/image.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace mcfa::detect {

/// A photo at half its size: each pixel is the rounded mean of 2 x 2, which are black outside the photo.
inline image::pixels half_size(image::frame const& photo) {
    int const height = image::height(photo), width = image::width(photo);
    auto half = image::blank((height + 1) / 2, (width + 1) / 2);
    auto const line = static_cast<std::size_t>(width) * 3, whole = static_cast<std::size_t>(width / 2);
    std::vector<std::uint8_t> first, second; // scratch
    for (int y = 0; y < (height + 1) / 2; ++y) {
        bool const pair = 2 * y + 1 < height;
        std::uint8_t const* const upper = photo.row(2 * y, 0, width, first);
        std::uint8_t const* const lower = pair ? photo.row(2 * y + 1, 0, width, second) : upper;
        std::uint8_t* out = half.data() + static_cast<std::size_t>(y) * ((width + 1) / 2) * 3;
        int const rows = pair ? 2 : 1; // of the one row at an odd photo's end the missing half is black
        for (std::size_t x = 0; x < whole; ++x, out += 3)
            for (std::size_t c = 0; c < 3; ++c) {
                std::size_t const at = x * 6 + c;
                int const sum = rows == 2 ? upper[at] + upper[at + 3] + lower[at] + lower[at + 3] : upper[at] + upper[at + 3];
                out[c] = static_cast<std::uint8_t>((sum + 2) / 4);
            }
        if (width % 2 == 1)
            for (std::size_t c = 0; c < 3; ++c) {
                int const sum = upper[line - 3 + c] + (rows == 2 ? lower[line - 3 + c] : 0);
                out[c] = static_cast<std::uint8_t>((sum + 2) / 4);
            }
    }
    return half;
}

/// A photo and its half sizes, made at their first use: the levels of a pyramid are averaged from the smallest of them that has at
/// least two pixels in a level pixel, so that coarse levels do not read the whole photo. They take a third of the photo's memory together.
class photo_sizes {
public:
    /// Refers to the photo's memory. One thread uses it at a time.
    explicit photo_sizes(image::frame const& photo) : photo_(photo) {}

    int height() const { return image::height(photo_); }
    int width() const { return image::width(photo_); }

    /// A piece of the level with `step` photo pixels in a level pixel; see `level_image`.
    void piece(double step, int top, int left, int height, int width, float* out) {
        image::frame from = photo_;
        for (std::size_t i = 0; step >= 4 && std::min(from.height(), from.width()) > 1; ++i, step /= 2) {
            if (i == halves_.size()) halves_.push_back(half_size(from));
            from = halves_[i];
        }
        level_image(from, step, top, left, height, width, out);
    }

private:
    image::frame photo_;
    std::vector<image::pixels> halves_;
};

} // namespace mcfa::detect
