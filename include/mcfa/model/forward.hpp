#pragma once

#include <cstddef>
#include <cstdint>

#include <mcfa/model/workspace.hpp>
#include <mcfa/op/dense.hpp>
#include <mcfa/op/rearrange.hpp>

namespace mcfa {

/// Runs one stage on the `batch` windows in its input, joins the feature before it, and leaves its feature and logits:
///     h_j = [own_j, h_{j-1}],   logits_j = W_j h_j + b_j for all tasks
/// Stages run in order. `measured` is where training changes the model's statistics, null otherwise.
template <class T, class B>
void forward_stage(basic_model<T, B> const& m, workspace<T, B>& w, std::size_t j, std::size_t batch, pass_options options = {},
                   T* measured = nullptr) {
    stage_info const& stage = m.net().stages[j];
    auto const& places = w.plan().stages[j];
    auto const functions = m.functions(j);

    T const* x = w.input(j);
    for (std::size_t i = 0; i < stage.layers.size(); ++i) {
        layer_info const& layer = stage.layers[i];
        auto p = w.pass(m, j, i, batch, options);
        p.x = x;
        p.y = w.at(places.outputs[i]);
        if (measured) p.measured = measured + stage.first_statistic + layer.first_statistic;
        functions[i].forward(p);
        x = p.y;
    }

    int const rows = static_cast<int>(batch);
    int const before = stage.feature - stage.own_feature;
    kernel<columns, B>::copy(w.run, columns{stage.own_feature, stage.own_feature, 0, stage.feature, 0}, rows, x, w.feature(j));
    if (j > 0)
        kernel<columns, B>::copy(w.run, columns{before, before, 0, stage.feature, stage.own_feature}, rows,
                                 static_cast<T const*>(w.feature(j - 1)), w.feature(j));
    kernel<dense_product, B>::forward(w.run, dense_product{stage.feature, m.net().logits}, rows,
                                      static_cast<T const*>(w.feature(j)), m.data() + stage.first_head_weight,
                                      m.data() + stage.first_head_bias, w.logits(j));
}

/// All stages, coarse to fine; in training the batch's statistics move the model's.
template <class T, class B>
void forward(basic_model<T, B> const& m, workspace<T, B>& w, std::size_t batch) {
    for (std::size_t j = 0; j < m.net().stages.size(); ++j) forward_stage(m, w, j, batch);
}

template <class T, class B>
void forward_training(basic_model<T, B>& m, workspace<T, B>& w, std::size_t batch, std::uint64_t key) {
    for (std::size_t j = 0; j < m.net().stages.size(); ++j)
        forward_stage(m, w, j, batch, {true, key}, m.data() + m.net().learned);
}

} // namespace mcfa
