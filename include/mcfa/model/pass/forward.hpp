// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/raise.hpp>
#include <mcfa/model/int8/forward.hpp>
#include <mcfa/model/int8/prepared_model.hpp>
#include <mcfa/model/pass/part_rates.hpp>
#include <mcfa/model/prepared_model.hpp>
#include <mcfa/model/workspace.hpp>
#include <mcfa/op/addition.hpp>
#include <mcfa/op/dense.hpp>
#include <mcfa/op/pooling.hpp>
#include <mcfa/op/rearrange.hpp>

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace mcfa {

struct widened_input {};  // scratch memory
struct widened_output {}; // scratch memory

/// Activations as scalars: themselves, or a copy in scratch memory.
template <class T, class Execution, class A>
matrix<T const> widened(Execution& run, matrix<A const> const& x) {
    if constexpr (std::is_same_v<T, A>) {
        return x;
    } else {
        auto const copy = run.template scratch<T>(widened_input{}, x.size());
        compute(run, conversion<A, T>{.x = x.flat(), .y = copy});
        return {copy.data(), x.extents()};
    }
}

/// What a pass in the arithmetic of a prepared model works in.
template <class T, class B, class Stored>
using workspace_for = workspace<T, B, typename prepared_model<T, B, Stored>::activation>;

/// Joins the feature of the stage before, and computes the logits of all tasks:
///     h_j = [own_j, h_{j-1}],   logits_j = W_j h_j + b_j
/// `own` (batch, own_feature) is the result of the stage's last layer; heads compute in the scalar.
template <class T, class B, class A>
void forward_heads(basic_model<T, B> const& m, workspace<T, B, A>& w, std::size_t j, matrix<std::type_identity_t<A>> const& own) {
    stage_info const& stage = m.net().stages[j];
    int const rows = int(own.extent(0)), length = m.net().logits;
    std::size_t const own_feature = own.extent(1);
    matrix<T> const feature{w.feature(j), rows, stage.feature};
    matrix<T const> const scalars = widened<T>(w.run, matrix<A const>(own));
    compute(w.run, column_copy<T>{.from = scalars, .to = feature, .count = own_feature});
    if (j > 0) {
        matrix<T> const before{w.feature(j - 1), rows, stage.feature - stage.own_feature};
        compute(w.run, column_copy<T>{.from = before, .to = feature, .to_first = own_feature, .count = before.extent(1)});
    }
    compute(w.run, dense_forward<T>{.x = feature,
                                    .weights = {m.data() + stage.first_head_weight, length, stage.feature},
                                    .bias = {m.data() + stage.first_head_bias, length},
                                    .y = {w.logits(j), rows, length}});
}

/// The bias of a convolution behind its weights, if it has one.
template <class T>
row<T> bias_behind(convolution const& op, row<T> const& learned) {
    return learned.size() > op.weights() ? learned.part(op.weights(), op.out_channels) : row<T>{};
}

/// A layer by itself, in inference and in the scalar.
template <class T, class B, class Workspace>
void forward_layer(basic_model<T, B> const& m, Workspace& w, std::size_t j, std::size_t i, planes<T const> const& x,
                   planes<T const> const& skip, planes<T> const& y) {
    stage_info const& stage = m.net().stages[j];
    layer_info const& layer = stage.layers[i];
    m.functions(j)[i].forward(
        {.run = w.run,
         .x = x,
         .skip = skip,
         .y = y,
         .learned = {m.data() + stage.first_learned + layer.first_learned, layer.learned},
         .statistics = {m.data() + m.net().learned + stage.first_statistic + layer.first_statistic, layer.statistics}});
}

/// A step that is no unit and no dense layer with prepared weights, in another type than the scalar: pools, flatten and additions as they are, any
/// other layer in the scalar, between widened copies.
template <class T, class B, class A, class Workspace>
void forward_narrow_layer(basic_model<T, B> const& m, Workspace& w, std::size_t j, std::size_t i, planes<A const> const& x,
                          planes<A const> const& skip, planes<A> const& y) {
    layer_info const& layer = m.net().stages[j].layers[i];
    if (layer.role == layer_role::addition) return compute(w.run, addition<A>{.x = x, .other = skip, .y = y});
    if (layer.role == layer_role::flatten) return compute(w.run, channels_first<A>{.x = x, .y = y.rows()});
    if (layer.role == layer_role::pool || layer.role == layer_role::max_pool_2x2) {
        pooling op = layer.pool;
        op.in = sample_shape(x);
        return compute(w.run, pooling_forward<A>{.op = op, .x = x, .y = y});
    }
    auto const in = widened<T>(w.run, x.rows());
    auto const out = w.run.template scratch<T>(widened_output{}, y.size());
    forward_layer(m, w, j, i, planes<T const>{in.data(), x.extents()}, {}, planes<T>{out.data(), y.extents()});
    compute(w.run, conversion<T, A>{.x = out, .y = y.flat()});
}

/// One step of stage j of a prepared model, from x, and of an addition `skip`, to y, whose planes a sweep makes larger than the net's own.
template <class T, class B, class Stored, class Workspace, class A = typename prepared_model<T, B, Stored>::activation>
void forward_step(prepared_model<T, B, Stored> const& ready, Workspace& w, std::size_t j, std::size_t i,
                  planes<std::type_identity_t<A> const> const& x, planes<std::type_identity_t<A> const> const& skip,
                  planes<std::type_identity_t<A>> const& y) {
    if constexpr (std::is_same_v<Stored, int8>) {
        if (ready.at(j, i).in_int8) forward_int8_step(ready, w.run, j, i, x, y);
        else forward_step(ready.others(), w, j, i, x, skip, y);
        return;
    } else {
        step const& s = ready.steps(j)[i];
        auto const& prepared = ready.at(j, i);
        if (s.is_unit) {
            convolution_unit const& unit = s.unit;
            return compute(w.run, unit_forward_prepared<A, Stored>{.x = x,
                                                                   .prepared = {ready.weights(prepared), prepared.layout.size},
                                                                   .layout = prepared.layout,
                                                                   .bias = {ready.bias(prepared), unit.product.out_channels},
                                                                   .y = y,
                                                                   .kernel = unit.product.kernel,
                                                                   .stride = unit.product.stride,
                                                                   .pad = unit.product.pad,
                                                                   .rectified = unit.rectified,
                                                                   .pooled = unit.pooled});
        }
        basic_model<T, B> const& m = ready.model();
        stage_info const& stage = m.net().stages[j];
        layer_info const& layer = stage.layers[s.first];
        if constexpr (!std::is_same_v<T, Stored>)
            if (ready.keeps_weights(layer)) {
                row<T const> const learned{m.data() + stage.first_learned + layer.first_learned, layer.learned};
                return compute(w.run, dense_forward<A, Stored>{.x = x.rows(),
                                                               .weights = {ready.weights(prepared), layer.dense.out, layer.dense.in},
                                                               .bias = learned.part(layer.dense.weights(), layer.dense.out),
                                                               .y = y.rows()});
            }
        if constexpr (std::is_same_v<T, A>) forward_layer(m, w, j, s.first, x, skip, y);
        else forward_narrow_layer<T, B, A>(m, w, j, s.first, x, skip, y);
    }
}

/// Runs one stage on the `batch` windows in its input, in inference mode, and leaves its feature and logits. Stages run in order.
/// The workspace must be one for inference.
template <class T, class B, class Stored>
void forward_stage(prepared_model<T, B, Stored> const& ready, workspace_for<T, B, Stored>& w, std::size_t j, std::size_t batch) {
    if (w.use() != purpose::inference) raise(option_error("a workspace for training does not run inference; make one for inference"));
    auto const& places = w.plan().stages[j];
    auto x = w.input(j, batch);
    for (std::size_t i = 0; i < places.steps.size(); ++i) {
        auto const y = w.at(places.outputs[i], batch, places.steps[i].out);
        forward_step(ready, w, j, i, x, w.skip_of_step(j, i, batch), y);
        x = y;
    }
    forward_heads(ready.model(), w, j, x.rows());
}

/// All stages, coarse to fine.
template <class T, class B, class Stored>
void forward(prepared_model<T, B, Stored> const& ready, workspace_for<T, B, Stored>& w, std::size_t batch) {
    for (std::size_t j = 0; j < ready.net().stages.size(); ++j) forward_stage(ready, w, j, batch);
}

/// Runs one step of a stage in training mode, or in inference mode if its layer is frozen; `measured` is where the batch's statistics move the
/// model's. The steps before it must have been run on the same windows.
template <class T, class B>
void forward_step_training(basic_model<T, B> const& m, workspace<T, B>& w, std::size_t j, std::size_t i, std::size_t batch,
                           std::uint64_t key, T* measured, part_rates const& rates) {
    stage_info const& stage = m.net().stages[j];
    auto const& places = w.plan().stages[j];
    step const& s = places.steps[i];
    layer_info const& layer = stage.layers[s.first];
    bool const trains = rates.layer(j, s.first) > 0;
    auto p = w.pass(m, j, s.first, {trains, key});
    p.x = w.input_of_step(j, i, batch);
    p.skip = w.skip_of_step(j, i, batch);
    p.y = w.at(places.outputs[i], batch, s.out);
    if (trains) p.measured = {measured + stage.first_statistic + layer.first_statistic, layer.statistics};
    if (s.is_unit) {
        convolution const& op = s.unit.product;
        compute(w.run, unit_forward<T>{.x = p.x,
                                       .weights = weights_of(op, p.learned.data()),
                                       .bias = bias_behind(op, p.learned),
                                       .y = p.y,
                                       .argmax = w.argmax(j, i, batch),
                                       .stride = op.stride,
                                       .pad = op.pad,
                                       .rectified = s.unit.rectified,
                                       .pooled = s.unit.pooled});
    } else {
        m.functions(j)[s.first].forward(p);
    }
}

/// `forward_heads` behind all steps of a stage in training mode.
template <class T, class B>
void forward_heads_training(basic_model<T, B> const& m, workspace<T, B>& w, std::size_t j, std::size_t batch) {
    auto const& places = w.plan().stages[j];
    planes<T> const own = places.steps.empty() ? w.input(j, batch) : w.at(places.outputs.back(), batch, places.steps.back().out);
    forward_heads(m, w, j, own.rows());
}

/// Runs one stage in training mode.
template <class T, class B>
void forward_stage_training(basic_model<T, B> const& m, workspace<T, B>& w, std::size_t j, std::size_t batch, std::uint64_t key,
                            T* measured, part_rates const& rates = {}) {
    for (std::size_t i = 0; i < w.plan().stages[j].steps.size(); ++i) forward_step_training(m, w, j, i, batch, key, measured, rates);
    forward_heads_training(m, w, j, batch);
}

/// All stages, coarse to fine; the batch's statistics move the model's. `key` is that of the step's random numbers.
template <class T, class B>
void forward_training(basic_model<T, B>& m, workspace<T, B>& w, std::size_t batch, std::uint64_t key, part_rates const& rates = {}) {
    for (std::size_t j = 0; j < m.net().stages.size(); ++j) forward_stage_training(m, w, j, batch, key, m.data() + m.net().learned, rates);
}

} // namespace mcfa
