// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/op/loss.hpp>
#include <mcfa/score/measured_ratio.hpp>
#include <mcfa/task/label.hpp>

#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mcfa {

/// A named figure of merit, such as {"mean_accuracy", 0.82}.
using figure = std::pair<std::string, double>;

/// One quantity that every stage of a cascade learns to predict from a window. A task is a type without data:
///
///     struct head_pose {
///         static constexpr std::string_view name = "pose";      // names tensors, log entries and options
///         static constexpr int length = 3;                      // outputs of its linear head
///         using loss = squared_error;                           // or a loss of your own, see op/loss.hpp
///         static void encode(window_label const&, std::span<float> target, std::span<float> mask);
///         static void mirror(std::span<float> target);          // the target of the mirrored window
///         class metric { void add(std::span<float const> logits, std::span<float const> target, std::span<float const> mask);
///                        std::vector<figure> figures() const; };
///     };
///
/// `encode` fills the values of the target and the mask of each term, 1 where the label is known and 0 where it is not.
/// `task_traits` states what else a task may say, and what holds where it does not.
template <class K>
concept task = loss_function<typename K::loss> &&
               requires(window_label const& label, std::span<float> out, std::span<float const> in, typename K::metric m) {
                   { K::name } -> std::convertible_to<std::string_view>;
                   { K::length } -> std::convertible_to<int>;
                   K::encode(label, out, out);
                   K::mirror(out);
                   m.add(in, in, in);
                   { m.figures() } -> std::convertible_to<std::vector<figure>>;
               };

/// What a task may leave out, with the defaults.
template <class K>
struct task_traits {
    static constexpr target_kind target = loss_traits<typename K::loss>::target;
    /// Values of its target: a class index, else as many as logits.
    static constexpr int targets = [] {
        if constexpr (requires { K::targets; }) return K::targets;
        else return target == target_kind::class_index ? 1 : K::length;
    }();
    /// Losses that are masked and reported apart: one a logit for labels, else one.
    static constexpr int terms = [] {
        if constexpr (requires { K::terms; }) return K::terms;
        else return target == target_kind::labels ? K::length : 1;
    }();
    /// Whether the weighting policy sets the weights of its terms; they are 1 otherwise.
    static constexpr bool weighted = [] {
        if constexpr (requires { K::weighted; }) return K::weighted;
        else return false;
    }();
    /// Names of binary attributes to look up in the data.
    static constexpr std::span<std::string_view const> names = [] {
        if constexpr (requires { K::names; }) return std::span<std::string_view const>(K::names);
        else return std::span<std::string_view const>();
    }();
    /// A term's name: the attribute's, or the task's, with a number from 1 if there are several.
    static std::string term(int i) {
        if constexpr (requires { K::term(i); }) return K::term(i);
        else if constexpr (names.size() == terms) return std::string(names[i]);
        else if constexpr (terms == 1) return std::string(K::name);
        else return std::string(K::name) + std::to_string(i + 1);
    }
    /// Turns the logits of a mirrored window into those of the window itself; a task whose classes change sides has this of its own.
    /// By default logits that stand for values follow the mirror rule of their targets, and those of labels and classes stay.
    static void mirror_logits(std::span<float> logits) {
        if constexpr (requires { K::mirror_logits(logits); }) {
            K::mirror_logits(logits);
        } else if constexpr (target == target_kind::values) {
            static_assert(K::length == targets, "mcfa: a task of values needs mirror_logits where its outputs are not its targets");
            K::mirror(logits);
        }
    }
};

/// The loss of a task; where it names none, one that does for messages.
template <class K>
struct task_loss {
    using type = squared_error;
};
template <class K>
    requires requires { typename K::loss; }
struct task_loss<K> {
    using type = typename K::loss;
};

/// Names what a type lacks to be a task.
template <class K>
struct task_lacks {
    static_assert(
        requires {
            { K::name } -> std::convertible_to<std::string_view>;
        }, "mcfa: a task needs `static constexpr std::string_view name`; see <task> above");
    static_assert(
        requires {
            { K::length } -> std::convertible_to<int>;
        }, "mcfa: a task needs `static constexpr int length`, the outputs of its head; see <task> above");
    static_assert(requires { typename K::loss; }, "mcfa: a task needs `using loss = squared_error`, or another loss; see <task> above");
    static_assert(
        loss_function<typename task_loss<K>::type>,
        "mcfa: a loss needs `template <class T> static constexpr T evaluate(row<T const> logits, row<T const> target, row<T> gradient)`; "
        "see <task> above");
    static_assert(
        requires(window_label const& label, std::span<float> out) { K::encode(label, out, out); },
        "mcfa: a task needs `static void encode(window_label const&, std::span<float> target, std::span<float> mask)`; see <task> above");
    static_assert(
        requires(std::span<float> out) { K::mirror(out); },
        "mcfa: a task needs `static void mirror(std::span<float> target)`, which turns the target into the mirrored window's; "
        "see <task> above");
    static_assert(
        requires(std::span<float const> in, typename K::metric m) {
            m.add(in, in, in);
            { m.figures() } -> std::convertible_to<std::vector<figure>>;
        }, "mcfa: a task needs `class metric` with add(logits, target, mask), spans of float const, and figures(), a "
           "std::vector<figure>; see <task> above");
};

} // namespace mcfa
