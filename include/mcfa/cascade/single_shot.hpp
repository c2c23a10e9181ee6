// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/cascade.hpp>
#include <mcfa/core/refusal.hpp>
#include <mcfa/layer/block.hpp>

#include <array>
#include <cstddef>

namespace mcfa {

/// The input of a stage that goes on where another one ends: its last plane in place of a window.
template <class Stage>
struct output_of {
    using stage_before = Stage;
    static constexpr mcfa::shape shape = Stage::plan.output;
};

template <class Stage, shape Output>
struct stage_ends_in_a_plane {
    static_assert(Output.channels > 0 && Output.height > 0 && Output.width > 0,
                  "mcfa: a stage of a single_shot must end in a plane of one place at least; see <stage, output shape> above");
};

template <class Stage, class Before, shape Given, shape Output>
struct stage_goes_on {
    static_assert(Given == Output,
                  "mcfa: behind its first stage a single_shot takes stages whose input is output_of<the stage before>; see "
                  "<stage, stage before, its input, output of the stage before> above");
};

template <class Stage>
constexpr bool check_plane_plan() {
    if constexpr (Stage::plan.refused >= 0) return check_plan<Stage>();
    else return stated<stage_ends_in_a_plane<Stage, Stage::plan.output>>;
}

template <class First>
constexpr bool stages_go_on() {
    return true;
}
template <class First, class Second, class... Rest>
constexpr bool stages_go_on() {
    return stated<stage_goes_on<Second, First, Second::input, First::plan.output>> && stages_go_on<Second, Rest...>();
}

/// A net that looks at a whole photo in one pass, without a pyramid of its sizes: stages one behind the other, each at a larger stride, and the
/// heads of all tasks at every place of each stage's last plane.
///
///     struct near : stage<input<256>, conv<16, conv_options{.stride = 2}>, relu, max_pool<2>, conv<32>, relu, max_pool<2>> {}; // stride 8
///     struct far : stage<output_of<near>, conv<64>, relu, max_pool<2>> {};                                                     // stride 16
///     struct finder : single_shot<heads<face_class, face_box>, near, far> {};
///
/// A place stands for a window, a square of `single_shot_window` strides about it: what the tasks say there they say in its units, as they do
/// of a window that is cut out. So no anchors of several shapes are needed: the box head says where the face is on the window. The first stage's
/// input is what the net trains on; in use the planes are as large as the photo.
template <task_list Tasks, cascade_stage... Stages>
    requires(sizeof...(Stages) > 0)
struct single_shot {
    static_assert((check_plane_plan<Stages>() && ...));
    static_assert(stages_go_on<Stages...>());
    static constexpr bool is_single_shot = true;
    using tasks = Tasks;
    using stage_types = layer_list<Stages...>;
    static constexpr std::size_t count = sizeof...(Stages);
    static constexpr std::array<stage_info, count> stages = stages_of<Tasks, Stages...>(stage_order::one_behind_another);
    static constexpr std::size_t learned = stages.back().first_head_bias + Tasks::length;
    static constexpr std::size_t statistics = (0 + ... + Stages::plan.statistics);
    static constexpr net_info info{stages, Tasks::info, Tasks::length, Tasks::targets, Tasks::terms, learned, statistics, &Tasks::encode};
    static_assert(stated<stages_differ_in_name<stages_differ(stages)>>);
};

/// Side of the window of a place, in strides of its stage. A face of the size that suits it best is 1 / context of that, 2.5 strides.
inline constexpr int single_shot_window = 4;

/// Whether a net is a single_shot rather than a cascade.
template <class Net>
concept single_shot_net = requires { requires Net::is_single_shot; };

} // namespace mcfa
