// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/geometry.hpp>
#include <mcfa/op/kernel.hpp>

namespace mcfa {

/// A square window on a photo, in photo pixels; turned by `angle` (radians, clockwise as seen) about its centre, mirrored if so said.
struct crop_window {
    point centre{};
    float side = 0;
    float angle = 0;
    bool mirrored = false;
};

/// Cuts windows out of one photo, (height, width, 3) bytes, as `image::cut` does: blocks of whole photo pixels are averaged, and from them
/// the window is taken bilinearly. Beside the photo all is black. With `normalises` values become (value - 127.5) / 128.
///
/// `kernel<crop, B>` has apply(run, op, count, photo, windows, y)    y is (count, side, side, 3); `windows` lie in the host's memory, `photo`
/// and y in the backend's
struct crop {
    int photo_height = 0;
    int photo_width = 0;
    int side = 0;
    bool normalises = true;
};

/// Shrinks square windows by exact area average, as `image::shrink_area` does.
///
/// `kernel<area_shrink, B>` has apply(run, op, count, x, y)    (count, in_side, in_side, 3) to (count, out_side, out_side, 3)
struct area_shrink {
    int in_side = 0;
    int out_side = 0;
};

/// Greedy non-maximum suppression of boxes that come from the highest score down: one is kept if its overlap with every box kept before it is at
/// most `most`. Overlap is intersection over union, or over the smaller box's area.
///
/// `kernel<suppression, B>` has keep(run, op, count, boxes, kept)    kept[i] is 1 or 0
struct suppression {
    float most = 0.5f;
    bool over_smaller_area = false;
};

} // namespace mcfa
