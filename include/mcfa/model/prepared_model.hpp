// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/narrow_float.hpp>
#include <mcfa/core/refusal.hpp>
#include <mcfa/model/model.hpp>
#include <mcfa/model/plan/folded_unit.hpp>
#include <mcfa/model/plan/step.hpp>
#include <mcfa/op/convolution.hpp>
#include <mcfa/op/dense.hpp>
#include <mcfa/op/pass.hpp>

#include <cstddef>
#include <type_traits>
#include <vector>

namespace mcfa {

/// What the first stage of a prepared model will see: windows of its own side, or planes of any size as well, as a sweep over a photo has them.
enum class first_stage_sees { windows, planes };

/// Fails by name where a backend cannot compute in an arithmetic.
template <class B, class T, class Stored>
struct backend_lacks_arithmetic {
    static_assert(!std::is_same_v<Stored, bfloat16> || runs<B, unit_forward_prepared<bfloat16, bfloat16>>,
                  "mcfa: this backend does not compute in bfloat16; backend::eigen does where mcfa/backend/eigen_bfloat16.hpp is included; "
                  "see <backend, scalar, arithmetic> above");
    static_assert(!std::is_same_v<Stored, bfloat16> || std::is_same_v<T, float>,
                  "mcfa: arithmetic in bfloat16 is for models whose scalar is float; see <backend, scalar, arithmetic> above");
};

/// A model made ready for inference: the weights of its convolutions laid out once as the backend runs them, measured statistics
/// of batch normalisation folded into them. `Stored` says in which arithmetic it is run:
///
/// | `Stored`          | weights of convolutions and dense layers | between layers | sums, features, heads |
/// |-------------------|------------------------------------------|----------------|-----------------------|
/// | T, unless said so | T                                        | T              | T                     |
/// | float16           | 16 bits                                  | float          | float                 |
/// | bfloat16          | 16 bits                                  | bfloat16       | float                 |
/// | int8              | 8 bits, see model/int8/prepared_model.hpp | bytes         | 32 bits; float        |
///
///     prepared_model ready{m};                                     // or prepared_model<float, B, bfloat16>
///
/// bfloat16 needs `mcfa/backend/eigen_bfloat16.hpp`. What runs in it are convolutions with what is joined to them, dense layers, pools and flatten;
/// any other layer computes in T, between rounded activations. Weights files stay as they are.
///
/// Any number of threads may share one, each with a workspace of its own. The model must outlive it and stay as it is: heads and other
/// small tensors are read from it. Prepare again after more training.
template <class T, class B, class Stored = T>
class prepared_model {
public:
    using scalar = T;
    using backend_type = B;
    using stored = Stored;
    using activation = std::conditional_t<std::is_same_v<Stored, bfloat16>, bfloat16, T>; ///< of windows and between layers
    static_assert(stated<backend_lacks_arithmetic<B, T, Stored>>);

    /// One step of a stage; null pointers where it runs as the layer that it is.
    struct ready_step {
        prepared_layout layout;
        std::size_t weights = 0; ///< place among the prepared weights
        std::size_t bias = 0;    ///< place among the prepared biases
    };

    /// For passes over about `batch` windows at a time; any number is right.
    explicit prepared_model(basic_model<T, B> const& m, std::size_t batch = 1, weights_form form = weights_form::fast,
                            first_stage_sees seen = first_stage_sees::windows)
        : prepared_model(m, batch, form, seen, [](std::size_t, std::size_t) { return true; }) {}

    /// Prepares only the steps for which `wanted(stage, step)` holds, for a model whose other steps run otherwise.
    template <class Wanted>
    prepared_model(basic_model<T, B> const& m, std::size_t batch, weights_form form, first_stage_sees seen, Wanted const& wanted)
        : model_(&m) {
        typename B::execution run{m.backend()};
        std::vector<T> const values = m.values();
        std::size_t weights = 0, biases = 0;
        each_step([&](std::size_t j, std::size_t i) {
            if (!wanted(j, i)) return;
            step const& s = steps_[j][i];
            ready_step& ready = stages_[j][i];
            layer_info const& layer = net().stages[j].layers[s.first];
            if (s.is_unit) {
                convolution_unit unit = s.unit;
                if (seen == first_stage_sees::planes && j == 0) unit.product.in.height *= 2, unit.product.in.width *= 2;
                ready = {kernel<unit_preparation<T, Stored>, B>::layout(unit, form, static_cast<int>(batch)), weights, biases};
                biases += line(s.unit.product.out_channels);
            } else if (keeps_weights(layer)) {
                ready = {{0, layer.dense.weights()}, weights, 0};
            }
            weights += line(ready.layout.size);
        });
        weights_ = typename B::template buffer<Stored>(weights);
        biases_ = typename B::template buffer<T>(biases);
        each_step([&](std::size_t j, std::size_t i) {
            if (!wanted(j, i)) return;
            stage_info const& stage = net().stages[j];
            step const& s = steps_[j][i];
            ready_step& ready = stages_[j][i];
            layer_info const& layer = stage.layers[s.first];
            T const* const given = m.data() + stage.first_learned + layer.first_learned;
            if (s.is_unit) prepare(run, values, stage, s, ready, given);
            else if (keeps_weights(layer)) prepare_dense(run, layer.dense, given, ready);
        });
    }

    basic_model<T, B> const& model() const { return *model_; }
    net_info const& net() const { return model_->net(); }
    B const& backend() const { return model_->backend(); }

    ready_step const& at(std::size_t stage, std::size_t step) const { return stages_[stage][step]; }
    std::vector<step> const& steps(std::size_t stage) const { return steps_[stage]; }
    Stored const* weights(ready_step const& s) const { return weights_.data() + s.weights; }
    T const* bias(ready_step const& s) const { return biases_.data() + s.bias; }
    /// Memory of the prepared weights, beside the model's own.
    std::size_t bytes() const { return weights_.size() * sizeof(Stored) + biases_.size() * sizeof(T); }

    /// Whether a layer that is no unit has prepared weights too: in the scalar itself the model's own serve.
    static bool keeps_weights(layer_info const& layer) { return layer.role == layer_role::dense && !std::is_same_v<T, Stored>; }

private:
    /// Places begin on cache lines.
    static std::size_t line(std::size_t count) { return (count + 63) / 64 * 64; }

    template <class Body>
    void each_step(Body const& body) {
        stages_.resize(net().stages.size());
        steps_.resize(net().stages.size());
        for (std::size_t j = 0; j < stages_.size(); ++j) {
            if (steps_[j].empty()) steps_[j] = steps_of(net().stages[j], purpose::inference);
            stages_[j].resize(steps_[j].size());
            for (std::size_t i = 0; i < steps_[j].size(); ++i) body(j, i);
        }
    }

    void prepare(typename B::execution& run, std::vector<T> const& values, stage_info const& stage, step const& s, ready_step const& ready,
                 T const* given) {
        folded_unit<T> const host(net(), stage, s, values);
        typename B::template buffer<T> folded;
        if (!host.weights.empty()) {
            folded = typename B::template buffer<T>(host.weights.size());
            run.copy_in(folded.data(), host.weights.data(), host.weights.size());
            given = folded.data();
        }
        run.copy_in(biases_.data() + ready.bias, host.bias.data(), host.bias.size());
        compute(run, unit_preparation<T, Stored>{.weights = weights_of(s.unit.product, given),
                                                 .prepared = {weights_.data() + ready.weights, ready.layout.size},
                                                 .layout = ready.layout});
    }

    void prepare_dense(typename B::execution& run, dense_product const& op, T const* given, ready_step const& ready) {
        if constexpr (!std::is_same_v<T, Stored>)
            compute(run, conversion<T, Stored>{.x = {given, op.weights()}, .y = {weights_.data() + ready.weights, op.weights()}});
    }

    basic_model<T, B> const* model_;
    std::vector<std::vector<step>> steps_;
    std::vector<std::vector<ready_step>> stages_;
    typename B::template buffer<Stored> weights_;
    typename B::template buffer<T> biases_;
};

template <class T, class B>
prepared_model(basic_model<T, B> const&, std::size_t = 1, weights_form = weights_form::fast, first_stage_sees = first_stage_sees::windows)
    -> prepared_model<T, B>;

} // namespace mcfa
