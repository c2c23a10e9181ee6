// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/model/pass/forward.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace mcfa {

/// Gradients of all learned parameters from the gradients of all logits, which the caller has left in `logits_gradient(j)`:
///     dW_j = dlogits_j^T h_j,  dh_j = dlogits_j W_j + (the part of dh_{j+1} that h_j was),  then down through stage j's layers.
/// `gradients` has `Net::learned` values and is overwritten. The forward pass in training, with the same key, must have
/// been the last use of `w`.
template <class T, class B>
void backward(basic_model<T, B> const& m, workspace<T, B>& w, std::size_t batch, T* gradients, std::uint64_t key) {
    int const rows = static_cast<int>(batch);

    for (std::size_t j = m.net().stages.size(); j-- > 0;) {
        stage_info const& stage = m.net().stages[j];
        auto const& places = w.plan().stages[j];
        T* const dh = w.at(places.feature_gradient);
        T const* const dlogits = w.logits_gradient(j);

        int const length = m.net().logits;
        matrix<T const> const dy_heads{dlogits, rows, length};
        compute(w.run, dense_weight_gradient<T>{.x = {w.feature(j), rows, stage.feature},
                                                .dy = dy_heads,
                                                .dweights = {gradients + stage.first_head_weight, length, stage.feature},
                                                .dbias = {gradients + stage.first_head_bias, length}});
        compute(w.run, dense_input_gradient<T>{.dy = dy_heads,
                                               .weights = {m.data() + stage.first_head_weight, length, stage.feature},
                                               .dx = {dh, rows, stage.feature}});
        if (j + 1 < m.net().stages.size()) {
            stage_info const& next = m.net().stages[j + 1];
            T const* const dh_next = w.at(w.plan().stages[j + 1].feature_gradient);
            kernel<columns, B>::add(w.run, columns{stage.feature, next.feature, next.own_feature, stage.feature, 0}, rows, dh_next, dh);
        }

        std::size_t turn = 0;
        T* dy = w.at(w.plan().gradients[turn]);
        kernel<columns, B>::copy(w.run, columns{stage.own_feature, stage.feature, 0, stage.own_feature, 0}, rows, static_cast<T const*>(dh),
                                 dy);
        for (std::size_t i = places.steps.size(); i-- > 0;) {
            step const& s = places.steps[i];
            layer_info const& layer = stage.layers[s.first];
            T const* const x = i > 0 ? w.at(places.outputs[i - 1]) : w.input(j);
            T* const y = w.at(places.outputs[i]);
            T* const dweights = gradients + stage.first_learned + layer.first_learned;
            T* const dx = i == 0       ? nullptr
                          : s.in_place ? dy
                                       : w.at(w.plan().gradients[turn ^= 1]); // nobody needs the gradient of the pixels
            auto p = w.pass(m, j, s.first, batch, {true, key});
            if (s.is_unit) {
                convolution const& op = s.unit.product;
                planes<T const> const upper = batch_of(dy, p.batch, s.out), result = batch_of(y, p.batch, s.out);
                auto const argmax = w.argmax(j, i, p.batch);
                compute(w.run, unit_weight_gradient<T>{.x = batch_of(x, p.batch, s.in),
                                                       .dy = upper,
                                                       .y = result,
                                                       .argmax = argmax,
                                                       .dweights = weights_of(op, dweights),
                                                       .dbias = bias_behind(layer, op, dweights),
                                                       .stride = op.stride,
                                                       .pad = op.pad,
                                                       .rectified = s.unit.rectified,
                                                       .pooled = s.unit.pooled});
                if (dx)
                    compute(w.run, unit_input_gradient<T>{.dy = upper,
                                                          .y = result,
                                                          .argmax = argmax,
                                                          .weights = weights_of(op, p.weights),
                                                          .dx = batch_of(dx, p.batch, s.in),
                                                          .stride = op.stride,
                                                          .pad = op.pad,
                                                          .rectified = s.unit.rectified,
                                                          .pooled = s.unit.pooled});
            } else {
                p.x = x;
                p.y = y;
                p.dy = dy;
                p.dx = dx;
                p.dweights = dweights;
                m.functions(j)[s.first].backward(p);
            }
            dy = dx;
        }
    }
}

} // namespace mcfa
