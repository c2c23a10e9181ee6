// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/geometry.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

namespace mcfa::image {

/// Where labels of faces may lie in a picture: beside their own face, over no face and no other label.
class label_places {
public:
    /// A picture of `width` by `height` pixels, with all its faces.
    label_places(float width, float height, std::vector<box> faces) : width_(width), height_(height), taken_(std::move(faces)) {}

    /// Takes a place for a label beside `face`, `gap` pixels from it: on the right, on the left, below, above, or in a corner of its box outside
    /// the oval that the face fills. Nothing if all of these are taken, or outside the picture.
    std::optional<point> take(box face, float width, float height, float gap) {
        float const right = face.right() + gap, left = face.left - gap - width, below = face.bottom() + gap,
                    above = face.top - gap - height;
        std::array<point, 8> const beside{
            point{right, face.top}, {left, face.top},   {right, face.bottom() - height}, {left, face.bottom() - height},
            {face.left, below},     {face.left, above}, {face.right() - width, below},   {face.right() - width, above}};
        for (point const at : beside) {
            box const label{at.x, at.y, width, height};
            if (inside(label) && is_free(label, nullptr)) return taken(label);
        }
        float const first_x = std::max(face.left + gap, 0.0f), last_x = std::min(face.right() - gap, width_) - width;
        float const first_y = std::max(face.top + gap, 0.0f), last_y = std::min(face.bottom() - gap, height_) - height;
        for (point const at : {point{first_x, first_y}, {last_x, first_y}, {first_x, last_y}, {last_x, last_y}}) {
            box const label{at.x, at.y, width, height};
            if (inside(label) && outside_oval(label, face) && is_free(label, &face)) return taken(label);
        }
        return std::nullopt;
    }

private:
    bool inside(box label) const { return label.left >= 0 && label.top >= 0 && label.right() <= width_ && label.bottom() <= height_; }

    /// Over no face but, if it is given, `own`.
    bool is_free(box label, box const* own) const {
        return std::ranges::none_of(taken_, [&](box other) { return !(own && other == *own) && intersection(label, other) > 0; });
    }

    /// Whether the label's point nearest to the middle of the face is outside the ellipse in its box.
    static bool outside_oval(box label, box face) {
        point const middle = face.centre();
        float const x = (std::clamp(middle.x, label.left, label.right()) - middle.x) / (face.width / 2);
        float const y = (std::clamp(middle.y, label.top, label.bottom()) - middle.y) / (face.height / 2);
        return x * x + y * y > 1;
    }

    point taken(box label) {
        taken_.push_back(label);
        return {label.left, label.top};
    }

    float width_, height_;
    std::vector<box> taken_;
};

} // namespace mcfa::image
