// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/geometry.hpp>
#include <mcfa/core/name_index.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mcfa {

/// The attribute names of a data set, in the order of its labels.
class attribute_table {
public:
    explicit attribute_table(std::vector<std::string> names) : names_(std::move(names)) {
        for (std::size_t i = 0; i < names_.size(); ++i) index_.add(names_[i], i);
    }
    std::vector<std::string> const& names() const { return names_; }
    /// Position of a name, or -1.
    int find(std::string_view name) const { return static_cast<int>(index_.find(name)); }

private:
    std::vector<std::string> names_;
    name_index index_;
};

/// What a data set says of the face on one photo; whatever it does not say stays empty. Positions in photo coordinates (pixels).
struct annotation {
    std::optional<box> face;
    std::vector<point> landmarks;        ///< left eye, right eye, nose, left and right mouth corner, as seen in the image
    std::vector<std::int8_t> attributes; ///< 1, -1, or 0 where unknown, in the data set's order
    std::map<std::string, std::vector<float>> measurements; ///< anything else, by name, for tasks of the user's own
    std::vector<box> other_faces{}; ///< on the photo beside `face`, nothing known but where: no background is drawn from there
    bool place_only = false;        ///< `face` says where to look and is no label: windows vary about it, and no box is learned from it
    int person = -1;                ///< the same number on all photos of a person, if it is known who that is
};

/// How a training window lies on its photo: IoU with the face's reference square (its box with room around it) at least 0.65, in
/// [0.4, 0.65), or below 0.3.
enum class window_kind { positive, part, negative };

/// The annotation as seen from one training window, before mirroring. Positions are in units of the window: (0, 0) is its top-left
/// corner and (1, 1) its bottom-right one, so they do not depend on the side to which it is resized.
struct window_label {
    window_kind kind = window_kind::positive;
    std::optional<box> face;
    std::vector<point> landmarks;
    std::vector<std::int8_t> attributes;
    std::shared_ptr<attribute_table const> attribute_names;
    std::map<std::string, std::vector<float>> measurements;
    float angle = 0; ///< rotation of the window on the photo, radians

    /// 1, -1, or 0 where the data says nothing.
    int attribute(std::string_view name) const {
        if (!attribute_names || attributes.empty()) return 0;
        int const index = attribute_names->find(name);
        return index < 0 ? 0 : attributes[index];
    }
};

} // namespace mcfa
