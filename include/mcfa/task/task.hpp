// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/op/loss.hpp>
#include <mcfa/task/label.hpp>

#include <concepts>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mcfa {

/// A named figure of merit, such as {"mean_accuracy", 0.82}.
using figure = std::pair<std::string, double>;

/// One thing that every stage of a cascade learns to tell from a window. A task is a type without data:
///
///     struct head_pose {
///         static constexpr std::string_view name = "pose";      // names tensors, log entries and options
///         static constexpr int length = 3;                      // outputs of its linear head
///         static constexpr int targets = 3;                     // values of its target
///         static constexpr int terms = 1;                       // losses that are masked and reported apart
///         static constexpr loss_kind loss = loss_kind::squared_error;
///         static constexpr bool weighted = false;               // do its terms get weights from the policy?
///         static std::string term(int);                         // a term's name
///         static void encode(window_label const&, std::span<float> target, std::span<float> mask);
///         static void mirror(std::span<float> target);          // the target of the mirrored window
///         class metric { void add(std::span<float const> logits, std::span<float const> target, std::span<float const> mask);
///                        std::vector<figure> figures() const; };
///     };
///
/// Optional: `names`, attribute names to look up in the data; `mirror_logits(std::span<float>)`, which turns the logits of a mirrored window into those of
/// the window itself, for tasks whose classes change sides. Without it values under `squared_error` follow `mirror`, and other logits stay.
/// `encode` fills `targets` values and `terms` mask entries, 1 where the label is known and 0 where it is not.
template <class K>
concept task = requires(window_label const& label, std::span<float> out, std::span<float const> in, typename K::metric m, int i) {
    { K::name } -> std::convertible_to<std::string_view>;
    { K::length } -> std::convertible_to<int>;
    { K::targets } -> std::convertible_to<int>;
    { K::terms } -> std::convertible_to<int>;
    { K::loss } -> std::convertible_to<loss_kind>;
    { K::weighted } -> std::convertible_to<bool>;
    { K::term(i) } -> std::convertible_to<std::string>;
    K::encode(label, out, out);
    K::mirror(out);
    m.add(in, in, in);
    { m.figures() } -> std::convertible_to<std::vector<figure>>;
};

} // namespace mcfa
