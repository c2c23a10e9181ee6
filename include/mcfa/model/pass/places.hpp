// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/model/pass/backward.hpp>
#include <mcfa/model/pass/forward.hpp>
#include <mcfa/op/dense.hpp>
#include <mcfa/op/rearrange.hpp>

#include <cstddef>
#include <cstdint>

// Passes over a single_shot: its heads judge every place of a stage's last plane, and its stages follow one another.
namespace mcfa {

/// The last plane of a stage of a single_shot as rows, one a place: (batch * places, feature).
template <class T, class B>
matrix<T> places_of(workspace<T, B>& w, stage_info const& stage, std::size_t j, std::size_t batch) {
    auto const& plan = w.plan().stages[j];
    T* const last = plan.steps.empty() ? w.input(j) : w.at(plan.outputs.back());
    return {last, batch * stage.places, stage.feature};
}

/// All stages of a single_shot in training mode on the `batch` windows in the first one's input: logits(j) has a row for each place, in the order of
/// the plane's lines. The batch's statistics move the model's. `key` is that of the step's random numbers.
template <class T, class B>
void forward_places_training(basic_model<T, B>& m, workspace<T, B>& w, std::size_t batch, std::uint64_t key) {
    for (std::size_t j = 0; j < m.net().stages.size(); ++j) {
        stage_info const& stage = m.net().stages[j];
        if (j > 0) {
            auto const before = places_of(w, m.net().stages[j - 1], j - 1, batch);
            compute(w.run, column_copy<T>{.from = before, .to = {w.input(j), before.extents()}, .count = before.extent(1)});
        }
        for (std::size_t i = 0; i < w.plan().stages[j].steps.size(); ++i)
            forward_step_training(m, w, j, i, batch, key, m.data() + m.net().learned, {});
        auto const places = places_of(w, stage, j, batch);
        compute(w.run, dense_forward<T>{.x = places,
                                        .weights = {m.data() + stage.first_head_weight, m.net().logits, stage.feature},
                                        .bias = {m.data() + stage.first_head_bias, m.net().logits},
                                        .y = {w.logits(j), places.extent(0), m.net().logits}});
    }
}

/// The heads of a stage at every place, and what the next stage left for its input.
template <class T, class B>
void backward_place_heads(basic_model<T, B> const& m, workspace<T, B>& w, std::size_t j, std::size_t batch, T* gradients) {
    stage_info const& stage = m.net().stages[j];
    auto const places = places_of(w, stage, j, batch);
    matrix<T const> const dlogits{w.logits_gradient(j), places.extent(0), m.net().logits};
    compute(w.run, dense_weight_gradient<T>{.x = places,
                                            .dy = dlogits,
                                            .dweights = {gradients + stage.first_head_weight, m.net().logits, stage.feature},
                                            .dbias = {gradients + stage.first_head_bias, m.net().logits}});
    auto const& steps = w.plan().stages[j].steps;
    if (steps.empty()) return;
    matrix<T> const dplaces{w.at(w.plan().gradients[steps.back().slot]), places.extents()};
    compute(w.run, dense_input_gradient<T>{
                       .dy = dlogits, .weights = {m.data() + stage.first_head_weight, m.net().logits, stage.feature}, .dx = dplaces});
    if (j + 1 < m.net().stages.size())
        compute(w.run, column_copy<T>{.from = {w.at(w.plan().stages[j + 1].input_gradient), places.extents()},
                                      .to = dplaces,
                                      .count = dplaces.extent(1),
                                      .adds = true});
}

/// Gradients of all learned parameters of a single_shot from those of the logits, which the caller has left in `logits_gradient(j)`, a row for
/// each place. `gradients` has `Net::learned` values and is overwritten. The forward pass in training, with the same key, must have been the last use
/// of `w`.
template <class T, class B>
void backward_places(basic_model<T, B> const& m, workspace<T, B>& w, std::size_t batch, T* gradients, std::uint64_t key) {
    for (std::size_t j = m.net().stages.size(); j-- > 0;) {
        backward_place_heads(m, w, j, batch, gradients);
        for (std::size_t i = w.plan().stages[j].steps.size(); i-- > 0;)
            backward(m, w, {.stage = j, .step = i, .goes_on = i > 0 || j > 0}, batch, gradients, key, {});
    }
}

} // namespace mcfa
