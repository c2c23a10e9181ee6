// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/heads.hpp>
#include <mcfa/core/fixed_string.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <string_view>

namespace mcfa {

/// What a cascade says of one window: the logits of the last stage that it reached, and how far it came.
template <class Tasks>
class prediction {
public:
    static constexpr auto attributes = static_cast<std::size_t>(Tasks::attributes);

    std::array<float, static_cast<std::size_t>(Tasks::length)> logits{};
    /// Above which probability an attribute is said, in the order of the attributes of all tasks.
    std::array<float, attributes> attribute_thresholds = [] {
        std::array<float, attributes> all{};
        all.fill(0.5f);
        return all;
    }();
    /// One without logits yet, with a model's thresholds of attributes.
    static prediction above(std::span<double const> thresholds) {
        prediction none;
        for (std::size_t k = 0; k < thresholds.size(); ++k) none.attribute_thresholds[k] = static_cast<float>(thresholds[k]);
        return none;
    }

    int stage = 0;       ///< that the logits are from
    bool passed = false; ///< reached the last stage and its threshold too

    /// The logits of one task.
    template <class Task>
    std::span<float const> logits_of() const {
        constexpr task_info info = find<Task>();
        static_assert(info.length > 0, "mcfa: the cascade does not learn this task");
        return std::span<float const>(logits).subspan(info.first_logit, info.length);
    }

    /// What a task makes of its logits: `get<face_class>()` is the probability of a face, `get<face_box>()` the box in units of the window.
    template <class Task>
    auto get() const {
        return Task::decode(logits_of<Task>());
    }

    /// Probability of an attribute, 0 to 1, by name; an unknown name does not compile.
    template <fixed_string Name>
    float attribute() const {
        constexpr int logit = logit_of_attribute(Name.view());
        static_assert(logit >= 0, "mcfa: no attribute of this name is among the net's attributes");
        return 1 / (1 + std::exp(-logits[logit]));
    }

    /// Whether an attribute is said: its probability is above its threshold, the model's or 0.5. An unknown name does not compile.
    template <fixed_string Name>
    bool says() const {
        return attribute<Name>() > attribute_thresholds[number_of_attribute(Name.view())];
    }

private:
    /// Position among the attributes of all tasks.
    static constexpr std::size_t number_of_attribute(std::string_view name) {
        std::size_t number = 0, found = 0;
        for (task_info const& task : Tasks::info)
            for (auto const each : task.attributes) {
                if (each == name) found = number;
                ++number;
            }
        return found;
    }

    template <class Task>
    static constexpr task_info find() {
        for (task_info const& info : Tasks::info)
            if (info.name == Task::name) return info;
        return {};
    }

    static constexpr int logit_of_attribute(std::string_view name) {
        int found = -1;
        Tasks::each([&]<class Task, std::size_t I>() {
            if constexpr (requires { Task::names; })
                for (std::size_t k = 0; k < Task::names.size(); ++k)
                    if (Task::names[k] == name) found = Tasks::info[I].first_logit + static_cast<int>(k);
        });
        return found;
    }
};

/// What a cascade says of a window and of its mirror image together: `seen` gets the mean of both logits, those of the mirror image turned back.
template <class Tasks>
void join_mirror_image(prediction<Tasks>& seen, prediction<Tasks> mirrored) {
    Tasks::mirror_logits(mirrored.logits);
    for (std::size_t k = 0; k < seen.logits.size(); ++k) seen.logits[k] = (seen.logits[k] + mirrored.logits[k]) / 2;
}

} // namespace mcfa
