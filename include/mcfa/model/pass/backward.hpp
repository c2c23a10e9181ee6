// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/model/pass/backward_part.hpp>
#include <mcfa/model/pass/forward.hpp>
#include <mcfa/model/pass/part_rates.hpp>

#include <cstddef>
#include <cstdint>

namespace mcfa {

/// The gradient of a frozen part is 0: what a joint product or a layer wrote there is overwritten.
template <class T, class B>
void zero_frozen(basic_model<T, B> const& m, workspace<T, B>& w, std::size_t j, T* gradients, part_rates const& rates) {
    stage_info const& stage = m.net().stages[j];
    for (std::size_t i = 0; i < stage.layers.size(); ++i)
        if (layer_info const& layer = stage.layers[i]; layer.learned > 0 && rates.layer(j, i) == 0)
            w.run.fill_zero(gradients + stage.first_learned + layer.first_learned, layer.learned);
    for (std::size_t t = 0; t < m.net().tasks.size(); ++t) {
        if (rates.head(j, t) > 0) continue;
        task_info const& task = m.net().tasks[t];
        std::size_t const feature = stage.feature, first = task.first_logit, length = task.length;
        w.run.fill_zero(gradients + stage.first_head_weight + first * feature, length * feature);
        w.run.fill_zero(gradients + stage.first_head_bias + first, length);
    }
}

/// The heads of a stage:  dW_j = dlogits_j^T h_j,  dh_j = dlogits_j W_j + (the part of dh_{j+1} that h_j was).
template <class T, class B>
void backward_heads(basic_model<T, B> const& m, workspace<T, B>& w, backward_part const& part, std::size_t batch, T* gradients,
                    part_rates const& rates) {
    int const rows = static_cast<int>(batch), length = m.net().logits;
    std::size_t const j = part.stage;
    stage_info const& stage = m.net().stages[j];
    auto const& places = w.plan().stages[j];
    matrix<T> const dh{w.at(places.feature_gradient), rows, stage.feature};
    matrix<T const> const dlogits{w.logits_gradient(j), rows, length};
    if (rates.any_head(j))
        compute(w.run, dense_weight_gradient<T>{.x = {w.feature(j), rows, stage.feature},
                                                .dy = dlogits,
                                                .dweights = {gradients + stage.first_head_weight, length, stage.feature},
                                                .dbias = {gradients + stage.first_head_bias, length}});
    zero_frozen(m, w, j, gradients, rates);
    if (!part.goes_on) return; // nothing needs the gradient of the feature
    compute(w.run,
            dense_input_gradient<T>{.dy = dlogits, .weights = {m.data() + stage.first_head_weight, length, stage.feature}, .dx = dh});
    if (j + 1 < m.net().stages.size()) {
        stage_info const& next = m.net().stages[j + 1];
        compute(w.run, column_copy<T>{.from = {w.at(w.plan().stages[j + 1].feature_gradient), rows, next.feature},
                                      .to = dh,
                                      .from_first = std::size_t(next.own_feature),
                                      .count = dh.extent(1),
                                      .adds = true});
    }
    if (places.steps.empty()) return; // the stage's feature is its window
    step const& last = places.steps.back();
    compute(w.run, column_copy<T>{.from = dh,
                                  .to = w.at(w.plan().gradients[last.slot], batch, last.out).rows(),
                                  .count = std::size_t(stage.own_feature)});
}

/// One step of a stage, from the gradient of its output to those of its parameters and, if the part goes on, of its input. A layer that is no
/// unit is computed by by_layer(layer_pass).
template <class T, class B, class ByLayer>
void backward_step(basic_model<T, B> const& m, workspace<T, B>& w, backward_part const& part, std::size_t batch, T* gradients,
                   std::uint64_t key, part_rates const& rates, ByLayer&& by_layer) {
    std::size_t const j = part.stage, i = part.step;
    stage_info const& stage = m.net().stages[j];
    auto const& places = w.plan().stages[j];
    auto const gradient_of = [&](std::size_t of) { // of a step's output
        step const& s = places.steps[of];
        return w.at(w.plan().gradients[s.slot], batch, s.out);
    };
    step const& s = places.steps[i];
    layer_info const& layer = stage.layers[s.first];
    bool const trains = rates.layer(j, s.first) > 0;
    auto p = w.pass(m, j, s.first, {trains, key});
    p.x = w.input_of_step(j, i, batch);
    p.y = w.at(places.outputs[i], batch, s.out);
    p.dy = gradient_of(i);
    if (part.goes_on) p.dx = i > 0 ? gradient_of(i - 1) : w.at(places.input_gradient, batch, s.in);
    if (layer.learned > 0) p.dlearned = {gradients + stage.first_learned + layer.first_learned, layer.learned};
    if (s.is_unit) {
        convolution const& op = s.unit.product;
        auto const argmax = w.argmax(j, i, batch);
        if (trains)
            compute(w.run, unit_weight_gradient<T>{.x = p.x,
                                                   .dy = p.dy,
                                                   .y = p.y,
                                                   .argmax = argmax,
                                                   .dweights = weights_of(op, p.dlearned.data()),
                                                   .dbias = bias_behind(op, p.dlearned),
                                                   .stride = op.stride,
                                                   .pad = op.pad,
                                                   .rectified = s.unit.rectified,
                                                   .pooled = s.unit.pooled});
        if (!p.dx.empty())
            compute(w.run, unit_input_gradient<T>{.dy = p.dy,
                                                  .y = p.y,
                                                  .argmax = argmax,
                                                  .weights = weights_of(op, p.learned.data()),
                                                  .dx = p.dx,
                                                  .stride = op.stride,
                                                  .pad = op.pad,
                                                  .rectified = s.unit.rectified,
                                                  .pooled = s.unit.pooled});
    } else {
        by_layer(p);
        if (!trains && layer.learned > 0) w.run.fill_zero(p.dlearned.data(), layer.learned);
    }
    if (p.dx.empty()) return;
    for (std::size_t later = i + 1; later < places.steps.size(); ++later) // what additions left for their other operand
        if (places.steps[later].skip == static_cast<int>(i))
            compute(w.run, column_copy<T>{.from = gradient_of(later).rows(), .to = p.dx.rows(), .count = s.in.size(), .adds = true});
}

/// One part; those before it must have been computed in the same workspace.
template <class T, class B>
void backward(basic_model<T, B> const& m, workspace<T, B>& w, backward_part const& part, std::size_t batch, T* gradients, std::uint64_t key,
              part_rates const& rates) {
    if (part.is_heads) backward_heads(m, w, part, batch, gradients, rates);
    else
        backward_step(m, w, part, batch, gradients, key, rates,
                      m.functions(part.stage)[w.plan().stages[part.stage].steps[part.step].first].backward);
}

/// Gradients of all learned parameters from the gradients of all logits, which the caller has left in `logits_gradient(j)`: for each stage,
/// last one first, its heads, then down through its layers.
/// `gradients` has `Net::learned` values and is overwritten, by 0 for what is frozen; nothing is computed below the first layer that
/// trains. The forward pass in training, with the same key and rates, must have been the last use of `w`.
template <class T, class B>
void backward(basic_model<T, B> const& m, workspace<T, B>& w, std::size_t batch, T* gradients, std::uint64_t key,
              part_rates const& rates = {}) {
    for_each_backward_part(m.net(), w.plan(), rates,
                           [&](backward_part const& part) { backward(m, w, part, batch, gradients, key, rates); });
}

} // namespace mcfa
