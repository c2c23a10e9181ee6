// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/arithmetic/loss.hpp>
#include <mcfa/core/refusal.hpp>
#include <mcfa/layer/block.hpp>
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
    target_kind target{}; ///< of its loss
    bool weighted = false;
    std::string (*term)(int) = nullptr;
    void (*evaluate)(loss_arguments<double> const&, std::size_t sample) = nullptr; ///< its loss on the host, in double
    std::unique_ptr<any_metric> (*make_metric)() = nullptr;
    std::span<std::string_view const> attributes; ///< names of binary attributes, where the task is about such
};

/// Stands in for heads that were refused, so that one mistake gives one message.
struct empty_heads {
    using types = layer_list<>;
    static constexpr int count = 0, length = 0, targets = 0, terms = 0, attributes = 0;
    static constexpr std::span<task_info const> info{};
    static void encode(window_label const&, bool, std::span<float>, std::span<float>) {}
};

template <std::size_t Count>
struct heads_have_tasks {
    static_assert(Count > 0, "mcfa: heads needs at least one task");
};

template <bool Differ>
struct tasks_differ_in_name {
    static_assert(Differ, "mcfa: two tasks of one cascade have the same name");
};

/// The tasks that every stage of a cascade learns: `struct tasks : heads<face_class, face_box, landmarks<5>, look> {};`
template <class... Given>
struct heads : empty_heads {
    static_assert(stated<heads_have_tasks<sizeof...(Given)>>);
    static_assert((stated<task_lacks<Given>> && ...));
};

template <task... Tasks>
    requires(sizeof...(Tasks) > 0)
struct heads<Tasks...> {
    using types = layer_list<Tasks...>;
    static constexpr int count = sizeof...(Tasks);
    static constexpr int length = (0 + ... + Tasks::length);                                          ///< logits of one stage
    static constexpr int targets = (0 + ... + task_traits<Tasks>::targets);                           ///< values of a target row
    static constexpr int terms = (0 + ... + task_traits<Tasks>::terms);                               ///< losses of one stage
    static constexpr int attributes = (0 + ... + static_cast<int>(task_traits<Tasks>::names.size())); ///< binary ones with a name

    static constexpr std::array<task_info, sizeof...(Tasks)> info = [] {
        std::array<task_info, sizeof...(Tasks)> all{};
        int logit = 0, target = 0, term = 0;
        std::size_t i = 0;
        auto add = [&]<class Task>() {
            using traits = task_traits<Task>;
            all[i++] = {.name = Task::name,
                        .length = Task::length,
                        .first_logit = logit,
                        .targets = traits::targets,
                        .first_target = target,
                        .terms = traits::terms,
                        .first_term = term,
                        .target = traits::target,
                        .weighted = traits::weighted,
                        .term = &traits::term,
                        .evaluate = &arithmetic::evaluate_sample<typename Task::loss, double>,
                        .make_metric = &metric_of<Task>::make,
                        .attributes = traits::names};
            logit += Task::length, target += traits::targets, term += traits::terms;
        };
        (add.template operator()<Tasks>(), ...);
        return all;
    }();

    static constexpr bool names_differ() {
        for (std::size_t a = 0; a < info.size(); ++a)
            for (std::size_t b = a + 1; b < info.size(); ++b)
                if (info[a].name == info[b].name) return false;
        return true;
    }
    static_assert(stated<tasks_differ_in_name<names_differ()>>);

    /// Calls f.operator()<Task, Index>() for each task in order.
    template <class F>
    static constexpr void each(F&& f) {
        [&]<std::size_t... I>(std::index_sequence<I...>) { (f.template operator()<Tasks, I>(), ...); }(std::index_sequence_for<Tasks...>{});
    }

    /// Fills one sample's target row and mask row; `mirrored` applies every task's mirror rule.
    static void encode(window_label const& label, bool mirrored, std::span<float> target, std::span<float> mask) {
        each([&]<class Task, std::size_t I>() {
            auto const part = [](std::span<float> row, int first, int size) { return row.subspan(first, size); };
            auto const own = part(target, info[I].first_target, info[I].targets);
            Task::encode(label, own, part(mask, info[I].first_term, info[I].terms));
            if (mirrored) Task::mirror(own);
        });
    }

    /// Turns the logits of a mirrored window into those of the window itself.
    static void mirror_logits(std::span<float> logits) {
        each([&]<class Task, std::size_t I>() { task_traits<Task>::mirror_logits(logits.subspan(info[I].first_logit, info[I].length)); });
    }
};

} // namespace mcfa
