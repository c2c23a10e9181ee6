// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/task/any_metric.hpp>
#include <mcfa/task/task.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mcfa {

/// A task as numbers: where its logits, targets and loss terms stand in the rows that all tasks share.
struct task_info {
    std::string_view name;
    int length = 0, first_logit = 0;
    int targets = 0, first_target = 0;
    int terms = 0, first_term = 0;
    loss_kind kind{};
    bool weighted = false;
    std::string (*term)(int) = nullptr;
    std::unique_ptr<any_metric> (*make_metric)() = nullptr;
    std::span<std::string_view const> attributes; ///< names of binary attributes, where the task is about such
};

/// The attribute names that a task looks up in the data; none for most tasks.
template <class Task>
constexpr std::span<std::string_view const> attributes_of() {
    if constexpr (requires { Task::names; }) return Task::names;
    else return {};
}

/// The tasks that every stage of a cascade learns: `struct tasks : heads<face_class, face_box, landmarks<5>, look> {};`
template <task... Tasks>
struct heads {
    static_assert(sizeof...(Tasks) > 0, "mcfa: heads needs at least one task");
    static constexpr int count = sizeof...(Tasks);
    static constexpr int length = (0 + ... + Tasks::length);   ///< logits of one stage
    static constexpr int targets = (0 + ... + Tasks::targets); ///< values of a target row
    static constexpr int terms = (0 + ... + Tasks::terms);     ///< losses of one stage

    static constexpr std::array<task_info, sizeof...(Tasks)> info = [] {
        std::array<task_info, sizeof...(Tasks)> all{};
        int logit = 0, target = 0, term = 0;
        std::size_t i = 0;
        ((all[i++] = {Tasks::name, Tasks::length, logit, Tasks::targets, target, Tasks::terms, term, Tasks::loss, Tasks::weighted,
                      &Tasks::term, &metric_of<Tasks>::make, attributes_of<Tasks>()},
          logit += Tasks::length, target += Tasks::targets, term += Tasks::terms),
         ...);
        return all;
    }();

    static constexpr bool names_differ() {
        for (std::size_t a = 0; a < info.size(); ++a)
            for (std::size_t b = a + 1; b < info.size(); ++b)
                if (info[a].name == info[b].name) return false;
        return true;
    }
    static_assert(names_differ(), "mcfa: two tasks of one cascade have the same name");

    /// Calls f.operator()<Task, Index>() for each task in order.
    template <class F>
    static constexpr void each(F&& f) {
        [&]<std::size_t... I>(std::index_sequence<I...>) { (f.template operator()<Tasks, I>(), ...); }(std::index_sequence_for<Tasks...>{});
    }

    /// Fills one sample's target row and mask row; `mirrored` applies every task's mirror rule.
    static void encode(window_label const& label, bool mirrored, std::span<float> target, std::span<float> mask) {
        each([&]<class Task, std::size_t I>() {
            auto const row = target.subspan(static_cast<std::size_t>(info[I].first_target), static_cast<std::size_t>(Task::targets));
            Task::encode(label, row, mask.subspan(static_cast<std::size_t>(info[I].first_term), static_cast<std::size_t>(Task::terms)));
            if (mirrored) Task::mirror(row);
        });
    }

    /// Turns the logits of a mirrored window into those of the window itself: by the task's own `mirror_logits` where it has one; else values
    /// under the Euclidean loss follow the mirror rule of their targets, and the logits of classes stay.
    static void mirror_logits(std::span<float> logits) {
        each([&]<class Task, std::size_t I>() {
            auto const own = logits.subspan(static_cast<std::size_t>(info[I].first_logit), static_cast<std::size_t>(Task::length));
            if constexpr (requires { Task::mirror_logits(own); }) {
                Task::mirror_logits(own);
            } else if constexpr (Task::loss == loss_kind::squared_error) {
                static_assert(Task::length == Task::targets,
                              "mcfa: a task with squared_error needs mirror_logits where its outputs are not its targets");
                Task::mirror(own);
            }
        });
    }
};

} // namespace mcfa
