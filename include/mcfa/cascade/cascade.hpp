// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/heads.hpp>
#include <mcfa/cascade/stage.hpp>
#include <mcfa/core/error.hpp>
#include <mcfa/core/pixel_rule.hpp>
#include <mcfa/core/raise.hpp>
#include <mcfa/core/type_name.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

namespace mcfa {

/// A stage as numbers, with its place in the cascade and in the buffer of parameters.
struct stage_info {
    std::string_view name;
    int side = 0; ///< of its input window, pixels
    shape input;
    pixel_rule rule; ///< by which it sees pixels
    std::span<layer_info const> layers;
    int own_feature = 0;    ///< length of the last layer's output
    int feature = 0;        ///< length of h_j = own feature, then h_{j-1}; in a single_shot the own feature alone
    int places = 1;         ///< of its output where the heads judge: 1, in a single_shot every place of its last plane
    bool continues = false; ///< it reads the output of the stage before in place of a window
    std::size_t saved = 0;
    std::size_t multiply_adds = 0;     ///< for one window, heads included
    std::size_t first_learned = 0;     ///< of the layers
    std::size_t first_head_weight = 0; ///< matrix (logits, feature), the tasks' rows in order
    std::size_t first_head_bias = 0;
    std::size_t first_statistic = 0; ///< in the buffer's second part
};

/// A whole net as numbers: all that passes, training and files need to know of it, so that their code exists once for all nets.
struct net_info {
    std::span<stage_info const> stages;
    std::span<task_info const> tasks;
    int logits = 0;             ///< of one stage
    int targets = 0;            ///< values of a target row
    int terms = 0;              ///< losses of one stage
    std::size_t learned = 0;    ///< parameters, the first part of the buffer
    std::size_t statistics = 0; ///< measured values, its second part
    void (*encode)(window_label const&, bool mirrored, std::span<float> target,
                   std::span<float> mask) = nullptr; ///< fills the rows of a window

    constexpr std::size_t size() const { return learned + statistics; }
    /// Whether its heads judge windows, as those of a cascade do, rather than every place of a plane, as those of a single_shot.
    constexpr bool judges_windows() const { return stages.empty() || (stages.back().places == 1 && !stages.back().continues); }
};

/// Throws `option_error` for a single_shot, where windows are judged by a cascade: "calibration takes a cascade, ...".
inline void check_judges_windows(net_info const& net, char const* who) {
    if (!net.judges_windows())
        raise(option_error({who, " takes a cascade, but this net is a single_shot, whose heads judge every place of a plane"}));
}

/// Fails, once and by name, for the first layer that cannot stand where it was put.
template <class Stage, int Position, class Layer, shape Given>
struct layer_refuses_its_input {
    static_assert(layer_traits<Layer>::accepts(Given),
                  "mcfa: layer cannot take the shape before it; see <stage, position, layer, given shape> above");
};

/// Fails for the first residual block whose layers change the shape.
template <class Stage, int Position, class Sum, shape Before, shape Behind>
struct residual_changes_the_shape {
    static_assert(Before == Behind,
                  "mcfa: the layers of a residual must keep the shape, for their result is added to what they were given; see "
                  "<stage, position, sum over so many layers, shape before them, shape behind them> above");
};

template <class Stage, shape Output>
struct stage_ends_in_a_vector {
    static_assert(Output.is_vector() && Output.channels > 0,
                  "mcfa: a stage must end in a vector (channels x 1 x 1); add flatten, dense, a global pool or a convolution of full size; "
                  "see <stage, output shape> above");
};

/// Instantiates the refusal for the first bad layer only, so that one mistake gives one message.
template <class Stage, int Position, class Layer>
constexpr bool check_layer() {
    if constexpr (Position != Stage::plan.refused) return true;
    else if constexpr (constexpr int back = layer_traits<Layer>::back; back > 0)
        return stated<residual_changes_the_shape<Stage, Position, Layer, Stage::plan.before(Position, back), Stage::plan.output>>;
    else return stated<layer_refuses_its_input<Stage, Position, Layer, Stage::plan.output>>;
}

template <class Stage, class... Layers, std::size_t... I>
constexpr bool check_layers(layer_list<Layers...>, std::index_sequence<I...>) {
    return (check_layer<Stage, static_cast<int>(I), Layers>() && ...);
}

template <class Stage>
constexpr bool check_plan() {
    using layers = typename Stage::layers;
    if constexpr (Stage::plan.refused >= 0) return check_layers<Stage>(layers{}, std::make_index_sequence<layers::count>{});
    else return stated<stage_ends_in_a_vector<Stage, Stage::plan.output>>;
}

template <class K>
concept task_list = requires {
    { K::length } -> std::convertible_to<int>;
    { K::targets } -> std::convertible_to<int>;
    { K::terms } -> std::convertible_to<int>;
    { K::info } -> std::convertible_to<std::span<task_info const>>;
};

template <class S>
concept cascade_stage = requires {
    typename S::layers;
    { S::input } -> std::convertible_to<shape>;
    { S::plan.output } -> std::convertible_to<shape>;
};

/// Stands in for a cascade that was refused, so that one mistake gives one message.
struct empty_cascade {
    using tasks = empty_heads;
    using stage_types = layer_list<>;
    static constexpr std::size_t count = 0;
    static constexpr net_info info{};
    template <class>
    static constexpr int feature = 0;
};

template <class... Given>
struct cascade_begins_without_tasks {
    static_assert(sizeof...(Given) < 0,
                  "mcfa: a cascade is its tasks, then its stages: cascade<tasks, small, large>; see <what was given> above");
};

template <class Tasks, class... Stages>
struct cascade_has_stages {
    static_assert(sizeof...(Stages) > 0, "mcfa: a cascade needs at least one stage behind its tasks: cascade<tasks, small, large>");
    static_assert((cascade_stage<Stages> && ...),
                  "mcfa: behind its tasks a cascade takes stages, structs that derive from stage<...>; see <what was given> above");
};

/// Instantiates what says why the types make no cascade.
template <class... Given>
struct cascade_check {
    static constexpr bool done = stated<cascade_begins_without_tasks<Given...>>;
};
template <task_list Tasks, class... Stages>
struct cascade_check<Tasks, Stages...> {
    static constexpr bool done = stated<cascade_has_stages<Tasks, Stages...>>;
};

template <class Stages, class Stage, bool Known>
struct cascade_has_no_stage {
    static_assert(Known, "mcfa: this type is not among the cascade's stages; see <stages, type> above");
};

template <bool Differ>
struct stages_differ_in_name {
    static_assert(Differ, "mcfa: two stages of one cascade have the same name");
};

/// How the stages of a net follow one another: each sees the photo and the features of those before it, or the output of the one before alone.
enum class stage_order { side_by_side, one_behind_another };

/// The stages of a net as numbers, each with its place in the buffer of parameters.
template <class Tasks, class... Stages>
constexpr std::array<stage_info, sizeof...(Stages)> stages_of(stage_order order) {
    std::array<stage_info, sizeof...(Stages)> all{};
    std::size_t i = 0, learned = 0, statistic = 0;
    int before = 0;
    auto add = [&]<class Stage>() {
        constexpr auto const& plan = Stage::plan;
        stage_info& s = all[i++];
        s.name = type_name<Stage>();
        s.side = Stage::input.width;
        s.input = Stage::input;
        s.rule = Stage::rule;
        s.layers = plan.layers;
        s.own_feature = plan.output.channels;
        s.feature = before + s.own_feature;
        if (order == stage_order::side_by_side) {
            before = s.feature;
        } else {
            s.places = plan.output.height * plan.output.width;
            s.continues = i > 1;
        }
        s.saved = plan.saved;
        auto const head_weights = static_cast<std::size_t>(s.feature) * Tasks::length;
        s.multiply_adds = plan.multiply_adds + head_weights * s.places;
        s.first_learned = learned;
        s.first_head_weight = s.first_learned + plan.learned;
        s.first_head_bias = s.first_head_weight + head_weights;
        learned = s.first_head_bias + Tasks::length;
        s.first_statistic = statistic;
        statistic += plan.statistics;
    };
    (add.template operator()<Stages>(), ...);
    return all;
}

/// Whether no two stages have one name.
constexpr bool stages_differ(std::span<stage_info const> stages) {
    for (std::size_t a = 0; a < stages.size(); ++a)
        for (std::size_t b = a + 1; b < stages.size(); ++b)
            if (stages[a].name == stages[b].name) return false;
    return true;
}

/// Stages from coarse to fine that learn the same tasks together: `struct net : cascade<tasks, small, large> {};`
/// Each stage's feature is joined to the next one's own feature, so the losses of a later stage reach the weights of all before it.
template <class... Given>
struct cascade : empty_cascade {
    static_assert(cascade_check<Given...>::done);
};

template <task_list Tasks, cascade_stage... Stages>
    requires(sizeof...(Stages) > 0)
struct cascade<Tasks, Stages...> {
    static_assert((check_plan<Stages>() && ...));
    using tasks = Tasks;
    using stage_types = layer_list<Stages...>;
    static constexpr std::size_t count = sizeof...(Stages);

    static constexpr std::array<stage_info, count> stages = stages_of<Tasks, Stages...>(stage_order::side_by_side);

    static constexpr std::size_t learned = stages.back().first_head_bias + Tasks::length;
    static constexpr std::size_t statistics = (0 + ... + Stages::plan.statistics);

    static constexpr net_info info{stages, Tasks::info, Tasks::length, Tasks::targets, Tasks::terms, learned, statistics, &Tasks::encode};

    static_assert(stated<stages_differ_in_name<stages_differ(stages)>>);

    /// Length of the feature that a stage's heads see: its own and those of all stages before it.
    template <class Stage>
    static constexpr int feature = [] {
        static_assert(stated<cascade_has_no_stage<stage_types, Stage, (std::same_as<Stage, Stages> || ...)>>);
        std::size_t i = 0;
        (void)((std::same_as<Stage, Stages> || (++i, false)) || ...);
        return i < count ? stages[i].feature : 0;
    }();
};

} // namespace mcfa
