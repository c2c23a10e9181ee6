// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/geometry.hpp>
#include <mcfa/core/message.hpp>
#include <mcfa/core/printable.hpp>
#include <mcfa/data/dataset.hpp>
#include <mcfa/image/image.hpp>
#include <mcfa/task/label.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>

namespace mcfa::data {

/// Throws `shape_error` with the name of photo `i` for an annotation that no net can learn from: a box with a side below one pixel, places
/// that are not finite or farther than 2^24 pixels away, other than 0 or 5 landmarks, a label other than 1, -1 and 0, other than 0 or
/// `attributes` labels, measurements that are not finite, or no box where `has_face` says that there is one.
inline void check_annotation(dataset const& photos, std::size_t i, annotation const& truth, std::size_t attributes) {
    auto const refuse = [&](message const& problem) {
        throw shape_error({"sample ", in_quotes(photos.name(i), 200), ": ", problem.text()});
    };
    auto const on_a_photo = [](float value) { return std::abs(value) <= 16777216; }; // false for NaN
    auto const check_box = [&](box const& b, char const* what) {
        if (!(b.width >= 1) || !(b.height >= 1)) refuse({what, " is ", b.width, " x ", b.height, " pixels; both sides must be at least 1"});
        if (!on_a_photo(b.left) || !on_a_photo(b.top) || !on_a_photo(b.width) || !on_a_photo(b.height))
            refuse({what, " at (", b.left, ", ", b.top, "), ", b.width, " x ", b.height, ", lies on no photo"});
    };
    if (truth.face) check_box(*truth.face, "the face's box");
    else if (photos.has_face(i)) refuse("has_face is true, but the annotation has no box");
    for (box const& other : truth.other_faces) check_box(other, "the box of another face");
    if (!truth.landmarks.empty() && truth.landmarks.size() != 5)
        refuse({truth.landmarks.size(), " landmarks, expected 5 or none; other points are measurements"});
    for (point const p : truth.landmarks)
        if (!on_a_photo(p.x) || !on_a_photo(p.y)) refuse({"a landmark at (", p.x, ", ", p.y, ") lies on no photo"});
    if (!truth.attributes.empty() && truth.attributes.size() != attributes)
        refuse({truth.attributes.size(), " labels, but the data names ", attributes, " attributes"});
    for (std::size_t k = 0; k < truth.attributes.size(); ++k)
        if (int const value = truth.attributes[k]; value < -1 || value > 1)
            refuse({"the label of attribute ", photos.attributes()->names()[k], " is ", value, ", expected 1, -1 or 0 (unknown)"});
    for (auto const& [name, values] : truth.measurements)
        if (!std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); }))
            refuse({"the measurement ", in_quotes(name), " is not finite"});
}

/// Throws `shape_error` with the photo's name for pixels that are not rows x columns x 3.
inline void check_photo(dataset const& photos, std::size_t i, image::pixels const& photo) {
    if (photo.dimension() == 3 && photo.shape()[0] > 0 && photo.shape()[1] > 0 && photo.shape()[2] == 3) return;
    std::string shape;
    for (auto const size : photo.shape()) {
        if (!shape.empty()) shape += 'x';
        shape += std::to_string(size);
    }
    throw shape_error({"sample ", in_quotes(photos.name(i), 200), ": a photo of shape ", shape, ", expected height x width x 3"});
}

} // namespace mcfa::data
