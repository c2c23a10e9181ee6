// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/cascade.hpp>
#include <mcfa/core/message.hpp>
#include <mcfa/core/pixel_rule.hpp>
#include <mcfa/task/face_box.hpp>
#include <mcfa/task/landmarks.hpp>

#include <algorithm>
#include <array>
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

/// How stages see pixels, in words: "RGB, (value - 127.5) / 128", or the rule of each stage where one has another.
inline std::string preprocessing_text(net_info const& net) {
    constexpr std::string_view symmetric = "RGB, (value - 127.5) / 128";
    std::string text;
    bool other = false;
    for (stage_info const& s : net.stages) {
        pixel_rule const& rule = s.rule;
        auto const three = [](std::array<float, 3> const& v) {
            return join({"(", static_cast<double>(v[0]), " ", static_cast<double>(v[1]), " ", static_cast<double>(v[2]), ")"});
        };
        if (!text.empty()) text += "; ";
        text.append(s.name).append(" ");
        if (rule == pixel_rule{}) text += symmetric;
        else text += join({rule.bgr ? "BGR" : "RGB", ", (value - ", three(rule.mean), ") * ", three(rule.scale)});
        other = other || rule != pixel_rule{};
    }
    return other ? text : std::string(symmetric);
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
