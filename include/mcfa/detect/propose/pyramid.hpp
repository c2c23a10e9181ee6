// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/image/placement.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace mcfa::detect {

/// Sizes of face, in photo pixels, that one level each looks for: smallest, smallest / factor, ... Every size from `smallest` to
/// `largest` has a level that is off by at most the square root of `factor`. Empty where largest < smallest. Memory of `sizes` is used again.
inline void face_sizes(double smallest, double largest, double factor, std::vector<double>& sizes) {
    sizes.clear();
    if (largest < smallest) return;
    sizes.push_back(smallest);
    while (sizes.back() < largest * std::sqrt(factor)) sizes.push_back(sizes.back() / factor);
}

/// One level of the pyramid: a photo made smaller (or larger) by `step`, and a grid of windows of `side` level pixels, `stride` apart, on it.
/// The grid reaches beyond the photo, so that a face at its very edge still has its surroundings in a window; there the level is black.
struct level {
    double step = 1;          ///< photo pixels in a level pixel
    int side = 0, stride = 1; ///< of the windows, in level pixels
    int left = 0, top = 0;    ///< of the grid, in level pixels; mostly negative
    int rows = 0, columns = 0;

    int width() const { return side + (columns - 1) * stride; }
    int height() const { return side + (rows - 1) * stride; }

    /// The window of a place on the grid, on the photo.
    image::placement window(int row, int column) const {
        double const half = side / 2.0;
        return {{static_cast<float>((left + column * stride + half) * step), static_cast<float>((top + row * stride + half) * step)},
                static_cast<float>(side * step),
                0,
                false};
    }
};

/// The level on which a face of `face` photo pixels fills 1 / context of a window.
inline level level_for(double face, double context, int side, int stride, int photo_height, int photo_width) {
    level made;
    made.step = context * face / side;
    made.side = side;
    made.stride = stride;
    double const border = std::max(0.0, side * (1 - 1 / context) / 2);
    auto const lay = [&](int photo, int& first, int& count) {
        double const extent = photo / made.step;
        count = std::max(0, static_cast<int>(std::ceil((extent + 2 * border - side) / stride))) + 1;
        first = static_cast<int>(std::floor((extent - side - (count - 1) * static_cast<double>(stride)) / 2)); // centred on the photo
    };
    lay(photo_height, made.top, made.rows);
    lay(photo_width, made.left, made.columns);
    return made;
}

/// One of `count` bands of a photo's height, one below the other, from index 0 on.
struct band {
    int index = 0, count = 1;
};

/// The part of a level whose windows belong to a band, maybe none; every window belongs to one band.
inline level rows_in(band part, level on) {
    auto const row = [&](int i) { return static_cast<int>(static_cast<long long>(on.rows) * i / part.count); };
    int const first = row(part.index);
    on.rows = row(part.index + 1) - first;
    on.top += first * on.stride;
    return on;
}

} // namespace mcfa::detect
