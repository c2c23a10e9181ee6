// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/cascade.hpp>
#include <mcfa/task/face_box.hpp>
#include <mcfa/task/landmarks.hpp>

#include <algorithm>
#include <string>
#include <string_view>

namespace mcfa::io {

/// Tensors whose names begin so belong to training (moments, policy, counters), not to the model; a model loads without them.
inline constexpr std::string_view training_prefix = "training.";

/// What the net is, in words: "small 56 px, feature 64; large 112 px, feature 320".
inline std::string net_text(net_info const& net) {
    std::string text;
    for (stage_info const& s : net.stages) {
        if (!text.empty()) text += "; ";
        text.append(s.name).append(" ").append(std::to_string(s.side));
        text.append(" px, feature ").append(std::to_string(s.feature));
    }
    return text;
}

/// Attribute names in the order of the net's logits, separated by spaces as CelebA's files have them.
inline std::string attributes_text(net_info const& net) {
    std::string text;
    for (task_info const& task : net.tasks)
        for (auto const name : task.attributes) {
            if (!text.empty()) text += ' ';
            text += name;
        }
    return text;
}

/// What box and landmark heads give, in words (`task/window_tenths.hpp`). Weights that were trained for another unit would load, and name wrong places.
inline constexpr std::string_view places_text = "tenths of the window's side, from half of it";

/// Metadata key of the thresholds of attributes, in the order of `attributes_text`.
inline constexpr char const* thresholds_key = "attribute_thresholds";
/// Metadata key of the thresholds of detection, one for each stage.
inline constexpr char const* detection_thresholds_key = "thresholds";

/// Whether a task names places.
inline bool learns_places(task_info const& task) { return task.name == face_box::name || task.name == landmarks<5>::name; }
/// Whether a net does.
inline bool learns_places(net_info const& net) {
    return std::ranges::any_of(net.tasks, [](task_info const& task) { return learns_places(task); });
}

} // namespace mcfa::io
