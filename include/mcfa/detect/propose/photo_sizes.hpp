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

/// Makes `half` a photo at half its size: each pixel is the rounded mean of 2 x 2, which are black outside the photo. `upper_row` and
/// `lower_row` are scratch memory.
inline void half_size(image::frame const& photo, image::pixels& half, std::vector<std::uint8_t>& upper_row,
                      std::vector<std::uint8_t>& lower_row) {
    int const height = image::height(photo), width = image::width(photo);
    image::reshape(half, (height + 1) / 2, (width + 1) / 2);
    auto const line = static_cast<std::size_t>(width) * 3, whole = static_cast<std::size_t>(width / 2);
    for (int y = 0; y < (height + 1) / 2; ++y) {
        bool const pair = 2 * y + 1 < height;
        std::uint8_t const* const upper = photo.row(2 * y, 0, width, upper_row);
        std::uint8_t const* const lower = pair ? photo.row(2 * y + 1, 0, width, lower_row) : upper;
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
}

/// A photo and its half sizes, made at their first use: the levels of a pyramid are averaged from the smallest of them that has at
/// least two pixels in a level pixel, so that coarse levels do not read the whole photo. They take a third of the photo's memory together.
///
/// Memory is used again from photo to photo. One thread uses it at a time.
class photo_sizes {
public:
    /// The photo whose pieces are asked for from now on; refers to its memory.
    void show(image::frame const& photo) {
        photo_ = photo;
        made_ = 0;
    }

    int height() const { return image::height(photo_); }
    int width() const { return image::width(photo_); }

    /// A piece of the level with `step` photo pixels in a level pixel; see `level_image`.
    void piece(double step, int top, int left, int height, int width, float* out) {
        image::frame from = photo_;
        for (std::size_t i = 0; step >= 4 && std::min(from.height(), from.width()) > 1; ++i, step /= 2) {
            if (i == halves_.size()) halves_.emplace_back();
            if (i == made_) half_size(from, halves_[i], upper_row_, lower_row_), ++made_;
            from = halves_[i];
        }
        level_image(from, step, top, left, height, width, out, scratch_);
    }

private:
    image::frame photo_{nullptr, 0, 0, 0};
    std::vector<image::pixels> halves_;
    std::size_t made_ = 0; ///< of this photo
    std::vector<std::uint8_t> upper_row_, lower_row_;
    level_image_scratch scratch_;
};

} // namespace mcfa::detect
