// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/pixel_rule.hpp>
#include <mcfa/core/refusal.hpp>
#include <mcfa/layer/block.hpp>
#include <mcfa/layer/layer.hpp>
#include <mcfa/op/convolution.hpp>
#include <mcfa/op/dense.hpp>
#include <mcfa/op/pooling.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>

namespace mcfa {

/// The window that a stage looks at: `Side` x `Side` pixels, RGB unless said otherwise. `Pixels` has the rule by which it sees them, for nets that
/// were trained elsewhere: `input<224, 3, pixels::imagenet>`.
template <int Side, int Channels = 3, class Pixels = pixels::symmetric>
struct input {
    static_assert(Side > 0 && Channels > 0, "mcfa: input needs a positive side and at least one channel");
    static constexpr mcfa::shape shape{Channels, Side, Side};
    static constexpr pixel_rule rule = Pixels::rule;
};

/// The rule of an input's pixels; that of one that says nothing is `pixels::symmetric`'s.
template <class Input>
constexpr pixel_rule rule_of() {
    if constexpr (requires { Input::rule; }) return Input::rule;
    else return {};
}

/// A layer as numbers: its shapes, parameters and place. Offsets count values from the stage's own first one.
struct layer_info {
    std::string_view kind;
    layer_role role = layer_role::other;
    convolution product; ///< of a layer whose role is convolution
    dense_product dense; ///< of a layer whose role is dense
    pooling pool;        ///< of a layer whose role is one of pools
    shape in, out;
    bool in_place = false;
    int back = 0;    ///< how many layers before it stands the one whose input is its other operand; 0 if it has one operand
    int number = 0;  ///< convolutions, dense layers and blocks of them count 1, 2, ...; other layers share the number before them
    int ordinal = 0; ///< among the layers of its kind in its block; 0 for a layer that stands alone
    int parameter_count = 0;
    std::array<parameter_spec, 4> parameters{};
    std::size_t learned = 0, first_learned = 0;
    std::size_t statistics = 0, first_statistic = 0;
    std::size_t saved = 0, first_saved = 0;
    std::size_t multiply_adds = 0;

    /// "conv1_2", "bn1_2", "dense5": the tensors of the layer are called this, a dot and "weight", "bias" and so on.
    std::string name() const {
        std::string text(kind);
        text += std::to_string(number);
        if (ordinal > 0) text.append("_").append(std::to_string(ordinal));
        return text;
    }
};

/// All layers of a stage as numbers. Planning stops at the first layer that refuses its input; `refused` is its position, else -1.
template <std::size_t Count>
struct stage_plan {
    std::array<layer_info, Count> layers{};
    int refused = -1;
    shape output;
    std::size_t learned = 0, statistics = 0, saved = 0, multiply_adds = 0;

    /// The input of the layer `back` layers before the one at `position`; no shape if there is none.
    constexpr shape before(int position, int back) const { return back <= position ? layers[position - back].in : shape{0, 0, 0}; }
};

/// Appends one layer to a plan; its shape follows from the one before it.
template <class Layer, std::size_t Count>
constexpr void plan_layer(stage_plan<Count>& plan, int position, int number, bool in_block, int first_of_block) {
    if (plan.refused >= 0) return;
    shape const in = plan.output;
    using traits = layer_traits<Layer>;
    if (!traits::accepts(in) || (traits::back > 0 && plan.before(position, traits::back) != in)) {
        plan.refused = position;
        return;
    }
    layer_info& info = plan.layers[position];
    info.kind = Layer::kind;
    info.in = in;
    info.out = plan.output = Layer::output(in);
    info.role = traits::role;
    if constexpr (traits::role == layer_role::convolution) info.product = Layer::op(in);
    if constexpr (traits::role == layer_role::dense) info.dense = Layer::op(in);
    if constexpr (traits::role == layer_role::pool || traits::role == layer_role::max_pool_2x2) info.pool = Layer::op(in);
    info.in_place = traits::in_place;
    info.back = traits::back;
    info.number = number;
    if (in_block) {
        info.ordinal = 1;
        for (int i = first_of_block; i < position; ++i) info.ordinal += plan.layers[i].kind == info.kind;
    }
    auto const parameters = traits::parameters(in);
    static_assert(parameters.size() <= 4, "mcfa: a layer has at most four tensors of parameters");
    for (auto const& p : parameters) {
        info.parameters[info.parameter_count++] = p;
        (p.role == parameter_role::statistic ? info.statistics : info.learned) += p.size();
    }
    info.saved = traits::saved(in);
    info.multiply_adds = traits::multiply_adds(in);
    info.first_learned = plan.learned;
    info.first_statistic = plan.statistics;
    info.first_saved = plan.saved;
    plan.learned += info.learned;
    plan.statistics += info.statistics;
    plan.saved += info.saved;
    plan.multiply_adds += info.multiply_adds;
}

template <class I>
concept stage_input = requires {
    { I::shape } -> std::convertible_to<shape>;
};

template <class... Layers>
constexpr bool all_are_layers(layer_list<Layers...>) {
    return (layer<Layers> && ...);
}

/// A layer, or a block of layers.
template <class E>
concept stage_element = all_are_layers(layers_of<E>());

/// Stands in for a stage that was refused, so that one mistake gives one message.
struct empty_stage {
    using layers = layer_list<>;
    static constexpr mcfa::shape input{1, 1, 1};
    static constexpr pixel_rule rule{};
    static constexpr stage_plan<0> plan{.output = input};
};

template <class... Given>
struct stage_begins_without_input {
    static_assert(sizeof...(Given) < 0, "mcfa: a stage begins with its input, input<56> for example; see <what was given> above");
};

template <class First, class... Elements>
struct stage_has_one_input {
    static_assert((!stage_input<Elements> && ...), "mcfa: a stage has one input, its first element; see <what was given> above");
};

template <class... Layers>
constexpr bool check_elements(layer_list<Layers...>) {
    return (stated<layer_lacks<Layers>> && ...);
}

/// Instantiates what says why the elements make no stage.
template <class... Given>
struct stage_check {
    static constexpr bool done = stated<stage_begins_without_input<Given...>>;
};
template <stage_input Input, class... Elements>
struct stage_check<Input, Elements...> {
    static constexpr bool done = [] {
        if constexpr ((stage_input<Elements> || ...)) return stated<stage_has_one_input<Input, Elements...>>;
        else return (check_elements(layers_of<Elements>()) && ...);
    }();
};

/// One sub-network of a cascade, as its layers in data order: `struct small : stage<input<56>, vgg_block<16, 2>, ...> {};`
/// Only the input is written; every later shape follows from it. It ends in a vector, its own feature.
template <class... Given>
struct stage : empty_stage {
    static_assert(stage_check<Given...>::done);
};

template <stage_input Input, stage_element... Elements>
struct stage<Input, Elements...> {
    using layers = decltype((layers_of<Elements>() + ... + layer_list<>{}));
    static constexpr mcfa::shape input = Input::shape;
    static constexpr pixel_rule rule = rule_of<Input>();

    static constexpr auto plan = [] {
        stage_plan<layers::count> plan{};
        plan.output = input;
        int position = 0, number = 0;
        auto add_element = [&]<class Element>() {
            [&]<class... Layers>(layer_list<Layers...>) {
                constexpr bool in_block = requires { typename Element::layers; };
                if ((layer_traits<Layers>::numbered || ... || false)) ++number;
                int const first = position;
                ((plan_layer<Layers>(plan, position, std::max(number, 1), in_block, first), ++position), ...);
            }(layers_of<Element>());
        };
        (add_element.template operator()<Elements>(), ...);
        return plan;
    }();
};

} // namespace mcfa
