// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/model/prepared_model.hpp>
#include <mcfa/model/workspace.hpp>
#include <mcfa/op/dense.hpp>
#include <mcfa/op/rearrange.hpp>

#include <cstddef>
#include <cstdint>

namespace mcfa {

/// Joins the feature of the stage before, and computes the logits of all tasks:
///     h_j = [own_j, h_{j-1}],   logits_j = W_j h_j + b_j
/// `own` is the result of the stage's last layer.
template <class T, class B>
void forward_heads(basic_model<T, B> const& m, workspace<T, B>& w, std::size_t j, std::size_t batch, T const* own) {
    stage_info const& stage = m.net().stages[j];
    int const rows = static_cast<int>(batch);
    int const before = stage.feature - stage.own_feature;
    kernel<columns, B>::copy(w.run, columns{stage.own_feature, stage.own_feature, 0, stage.feature, 0}, rows, own, w.feature(j));
    if (j > 0)
        kernel<columns, B>::copy(w.run, columns{before, before, 0, stage.feature, stage.own_feature}, rows,
                                 static_cast<T const*>(w.feature(j - 1)), w.feature(j));
    int const length = m.net().logits;
    compute(w.run, dense_forward<T>{.x = {w.feature(j), rows, stage.feature},
                                    .weights = {m.data() + stage.first_head_weight, length, stage.feature},
                                    .bias = {m.data() + stage.first_head_bias, length},
                                    .y = {w.logits(j), rows, length}});
}

/// The bias of a convolution behind its weights, if it has one.
template <class T>
row<T> bias_behind(layer_info const& layer, convolution const& op, T* weights) {
    return layer.learned > op.weights() ? row<T>{weights + op.weights(), op.out_channels} : row<T>{};
}

/// One step of stage j of a prepared model, from x to y; `in` is the shape of a sample of x, which a sweep makes larger than the net's own.
template <class T, class B, class Stored, class Workspace>
void forward_step(prepared_model<T, B, Stored> const& ready, Workspace& w, std::size_t j, std::size_t i, shape in, std::size_t batch,
                  T const* x, T* y) {
    step const& s = ready.steps(j)[i];
    auto const& prepared = ready.at(j, i);
    int const rows = static_cast<int>(batch);
    if (s.is_unit) {
        convolution_unit unit = s.unit;
        unit.product.in = in;
        return compute(w.run, unit_forward_prepared<T, Stored>{.x = batch_of(x, rows, in),
                                                               .prepared = {ready.weights(prepared), prepared.layout.size},
                                                               .layout = prepared.layout,
                                                               .bias = {ready.bias(prepared), unit.product.out_channels},
                                                               .y = batch_of(y, rows, unit.out()),
                                                               .kernel = unit.product.kernel,
                                                               .stride = unit.product.stride,
                                                               .pad = unit.product.pad,
                                                               .rectified = unit.rectified,
                                                               .pooled = unit.pooled});
    }
    basic_model<T, B> const& m = ready.model();
    stage_info const& stage = m.net().stages[j];
    layer_info const& layer = stage.layers[s.first];
    T const* const learned = m.data() + stage.first_learned + layer.first_learned;
    if constexpr (!std::is_same_v<T, Stored>)
        if (ready.keeps_weights(layer))
            return compute(w.run, dense_forward<T, Stored>{.x = {x, rows, layer.dense.in},
                                                           .weights = {ready.weights(prepared), layer.dense.out, layer.dense.in},
                                                           .bias = {learned + layer.dense.weights(), layer.dense.out},
                                                           .y = {y, rows, layer.dense.out}});
    layer_pass<T, B> p{w.run};
    p.batch = rows;
    p.in = in;
    p.x = x;
    p.y = y;
    p.weights = learned;
    p.statistics = m.data() + m.net().learned + stage.first_statistic + layer.first_statistic;
    m.functions(j)[s.first].forward(p);
}

/// Runs one stage on the `batch` windows in its input, in inference mode, and leaves its feature and logits. Stages run in order.
/// The workspace must be one for inference.
template <class T, class B, class Stored>
void forward_stage(prepared_model<T, B, Stored> const& ready, workspace<T, B>& w, std::size_t j, std::size_t batch) {
    if (w.use() != purpose::inference) throw option_error("a workspace for training does not run inference; make one for inference");
    auto const& places = w.plan().stages[j];
    T const* x = w.input(j);
    for (std::size_t i = 0; i < places.steps.size(); ++i) {
        T* const y = w.at(places.outputs[i]);
        forward_step(ready, w, j, i, places.steps[i].in, batch, x, y);
        x = y;
    }
    forward_heads(ready.model(), w, j, batch, x);
}

/// All stages, coarse to fine.
template <class T, class B, class Stored>
void forward(prepared_model<T, B, Stored> const& ready, workspace<T, B>& w, std::size_t batch) {
    for (std::size_t j = 0; j < ready.net().stages.size(); ++j) forward_stage(ready, w, j, batch);
}

/// Runs one stage in training mode; `measured` is where the batch's statistics move the model's.
template <class T, class B>
void forward_stage_training(basic_model<T, B> const& m, workspace<T, B>& w, std::size_t j, std::size_t batch, std::uint64_t key,
                            T* measured) {
    stage_info const& stage = m.net().stages[j];
    auto const& places = w.plan().stages[j];
    T const* x = w.input(j);
    for (std::size_t i = 0; i < places.steps.size(); ++i) {
        step const& s = places.steps[i];
        layer_info const& layer = stage.layers[s.first];
        T* const y = w.at(places.outputs[i]);
        auto p = w.pass(m, j, s.first, batch, {true, key});
        if (s.is_unit) {
            convolution const& op = s.unit.product;
            compute(w.run, unit_forward<T>{.x = batch_of(x, p.batch, s.in),
                                           .weights = weights_of(op, p.weights),
                                           .bias = bias_behind(layer, op, p.weights),
                                           .y = batch_of(y, p.batch, s.out),
                                           .argmax = w.argmax(j, i, p.batch),
                                           .stride = op.stride,
                                           .pad = op.pad,
                                           .rectified = s.unit.rectified,
                                           .pooled = s.unit.pooled});
        } else {
            p.x = x;
            p.y = y;
            p.measured = measured + stage.first_statistic + layer.first_statistic;
            m.functions(j)[s.first].forward(p);
        }
        x = y;
    }
    forward_heads(m, w, j, batch, x);
}

/// All stages, coarse to fine; the batch's statistics move the model's. `key` is that of the step's random numbers.
template <class T, class B>
void forward_training(basic_model<T, B>& m, workspace<T, B>& w, std::size_t batch, std::uint64_t key) {
    for (std::size_t j = 0; j < m.net().stages.size(); ++j) forward_stage_training(m, w, j, batch, key, m.data() + m.net().learned);
}

} // namespace mcfa
