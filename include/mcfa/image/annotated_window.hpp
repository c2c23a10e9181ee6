// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/geometry.hpp>
#include <mcfa/image/annotate.hpp>
#include <mcfa/image/frame.hpp>
#include <mcfa/image/image.hpp>
#include <mcfa/image/placement.hpp>
#include <mcfa/image/sheet.hpp>
#include <mcfa/model/prediction.hpp>

#include <concepts>
#include <cstddef>
#include <ranges>
#include <string>
#include <vector>

namespace mcfa::image {

/// The photo at twice its size with what a cascade says of a window in it: the box, the landmarks, and beneath the photo the attributes whose
/// probability is above one half. Tasks of other kinds are not drawn.
template <class Tasks>
pixels annotated_window(frame const& photo, placement const& window, prediction<Tasks> const& said) {
    face_marks face{};
    std::vector<std::string> likely;
    Tasks::each([&]<class Task, std::size_t I>() {
        auto const found = said.template get<Task>();
        using result = std::remove_cvref_t<decltype(found)>;
        if constexpr (std::same_as<result, box>) {
            point const corner = to_photo(window, {found.left, found.top}), end = to_photo(window, {found.right(), found.bottom()});
            face.place = {corner.x, corner.y, end.x - corner.x, end.y - corner.y};
        } else if constexpr (requires { Task::names; }) {
            for (std::size_t k = 0; k < found.size(); ++k)
                if (found[k] > 0.5f) likely.emplace_back(Task::names[k]);
        } else if constexpr (std::ranges::range<result>) {
            if constexpr (std::same_as<std::ranges::range_value_t<result>, point>)
                for (point const p : found) face.landmarks.push_back(to_photo(window, p));
        }
    });
    pixels picture = enlarged(photo, 2);
    draw_face(picture, face, 2.5f, 2);
    return captioned(picture, likely);
}

} // namespace mcfa::image
