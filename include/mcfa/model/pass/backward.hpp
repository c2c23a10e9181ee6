// SPDX-License-Identifier: MIT
#pragma once

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

/// Gradients of all learned parameters from the gradients of all logits, which the caller has left in `logits_gradient(j)`:
///     dW_j = dlogits_j^T h_j,  dh_j = dlogits_j W_j + (the part of dh_{j+1} that h_j was),  then down through stage j's layers.
/// `gradients` has `Net::learned` values and is overwritten, by 0 for what is frozen; nothing is computed below the first layer that
/// trains. The forward pass in training, with the same key and rates, must have been the last use of `w`.
template <class T, class B>
void backward(basic_model<T, B> const& m, workspace<T, B>& w, std::size_t batch, T* gradients, std::uint64_t key,
              part_rates const& rates = {}) {
    int const rows = static_cast<int>(batch);
    std::size_t first_stage = 0; // the first with a layer that trains
    while (first_stage < m.net().stages.size() &&
           rates.first_trained(m.net().stages[first_stage], first_stage) == m.net().stages[first_stage].layers.size())
        ++first_stage;

    for (std::size_t j = m.net().stages.size(); j-- > 0;) {
        stage_info const& stage = m.net().stages[j];
        auto const& places = w.plan().stages[j];
        int const length = m.net().logits;
        matrix<T> const dh{w.at(places.feature_gradient), rows, stage.feature};
        matrix<T const> const dlogits{w.logits_gradient(j), rows, length};
        if (rates.any_head(j))
            compute(w.run, dense_weight_gradient<T>{.x = {w.feature(j), rows, stage.feature},
                                                    .dy = dlogits,
                                                    .dweights = {gradients + stage.first_head_weight, length, stage.feature},
                                                    .dbias = {gradients + stage.first_head_bias, length}});
        zero_frozen(m, w, j, gradients, rates);
        if (j < first_stage) continue; // nothing needs the gradient of the feature
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

        std::size_t const first_trained = rates.first_trained(stage, j);
        if (places.steps.empty()) continue;           // the stage's feature is its window
        auto const gradient_of = [&](std::size_t i) { // of a step's output
            step const& s = places.steps[i];
            return w.at(w.plan().gradients[s.slot], batch, s.out);
        };
        compute(w.run,
                column_copy<T>{.from = dh, .to = gradient_of(places.steps.size() - 1).rows(), .count = std::size_t(stage.own_feature)});
        for (std::size_t i = places.steps.size(); i-- > 0;) {
            step const& s = places.steps[i];
            if (s.end() <= first_trained) break;
            layer_info const& layer = stage.layers[s.first];
            bool const trains = rates.layer(j, s.first) > 0;
            auto p = w.pass(m, j, s.first, {trains, key});
            p.x = w.input_of_step(j, i, batch);
            p.y = w.at(places.outputs[i], batch, s.out);
            p.dy = gradient_of(i);
            if (s.first > first_trained) p.dx = gradient_of(i - 1); // nothing needs the gradient of the pixels
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
                m.functions(j)[s.first].backward(p);
                if (!trains && layer.learned > 0) w.run.fill_zero(p.dlearned.data(), layer.learned);
            }
            if (p.dx.empty()) continue;
            for (std::size_t later = i + 1; later < places.steps.size(); ++later) // what additions left for their other operand
                if (places.steps[later].skip == static_cast<int>(i))
                    compute(w.run,
                            column_copy<T>{.from = gradient_of(later).rows(), .to = p.dx.rows(), .count = s.in.size(), .adds = true});
        }
    }
}

} // namespace mcfa
