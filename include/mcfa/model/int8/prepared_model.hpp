// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/raise.hpp>
#include <mcfa/core/refusal.hpp>
#include <mcfa/model/int8/quantisation.hpp>
#include <mcfa/model/model.hpp>
#include <mcfa/model/plan/folded_unit.hpp>
#include <mcfa/model/plan/step.hpp>
#include <mcfa/model/prepared_model.hpp>
#include <mcfa/op/int8.hpp>

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

namespace mcfa {

/// Fails by name where a backend cannot compute in int8.
template <class B, class T>
struct backend_lacks_int8 {
    static_assert(runs<B, int8_unit_forward<std::uint8_t>>,
                  "mcfa: this backend does not compute in int8; backend::eigen does where mcfa/backend/eigen_int8.hpp is included; "
                  "see <backend, scalar> above");
    static_assert(std::is_same_v<T, float>, "mcfa: arithmetic in int8 is for models whose scalar is float; see <backend, scalar> above");
};

/// A model made ready for inference in int8, with `mcfa/backend/eigen_int8.hpp`: weights of convolutions and dense layers in 8 bits with a scale for each
/// output, sums in 32 bits, and bytes between such layers where nothing else reads them. All other layers, features, heads and probabilities compute
/// in float, and so do layers that the quantisation keeps in float.
///
///     m.set_quantisation(calibrate(m, faces.training()));       // or of a file that `store --int8` wrote
///     predictor<decltype(m), int8> say{m};
///
/// Results are the same bits on every processor as far as int8 goes: whatever multiplies, sums are whole numbers.
template <class T, class B>
class prepared_model<T, B, int8> {
public:
    using scalar = T;
    using backend_type = B;
    using stored = int8;
    using activation = T; ///< of the places between layers, of which bytes take the beginning
    static_assert(stated<backend_lacks_int8<B, T>>);

    /// One step of a stage.
    struct ready_step {
        bool in_int8 = false; ///< else it runs as in a model in float
        bool takes_bytes = false, gives_bytes = false;
        byte_scale given, wanted; ///< of its input, and of its output where it gives bytes
        convolution product;      ///< of a convolution, or of a dense layer as a window of one pixel
        bool rectified = false, pooled = false;
        prepared_layout layout;
        std::size_t weights = 0; ///< place among the prepared weights
        std::size_t outputs = 0; ///< place among the starts, scales and factors
    };

    /// With the quantisation that the model has. Throws `option_error` if it has none.
    explicit prepared_model(basic_model<T, B> const& m, std::size_t batch = 1, weights_form form = weights_form::fast,
                            first_stage_sees seen = first_stage_sees::windows)
        : prepared_model(m, m.quantisation(), batch, form, seen) {}

    /// Throws `option_error` unless `q` is of the model's net; for an empty one it says what to do.
    prepared_model(basic_model<T, B> const& m, quantisation const& q, std::size_t batch = 1, weights_form form = weights_form::fast,
                   first_stage_sees seen = first_stage_sees::windows)
        : stages_(planned(m.net(), q, seen)),
          others_(m, batch, form, seen, [&](std::size_t j, std::size_t i) { return !stages_[j][i].in_int8; }) {
        if constexpr (runs<B, int8_unit_forward<std::uint8_t>>) prepare(m); // else backend_lacks_int8 has said so
    }

    basic_model<T, B> const& model() const { return others_.model(); }
    net_info const& net() const { return others_.net(); }
    B const& backend() const { return others_.backend(); }

    ready_step const& at(std::size_t stage, std::size_t step) const { return stages_[stage][step]; }
    std::vector<step> const& steps(std::size_t stage) const { return others_.steps(stage); }
    /// What runs the steps that compute in float.
    prepared_model<T, B> const& others() const { return others_; }

    row<int8 const> weights(ready_step const& s) const { return {weights_.data() + s.weights, s.layout.size}; }
    row<std::int32_t const> starts(ready_step const& s) const { return {starts_.data() + s.outputs, s.product.out_channels}; }
    /// Of a sum, for a result in float.
    row<T const> scales(ready_step const& s) const { return {scales_.data() + s.outputs, s.product.out_channels}; }
    /// Of a sum, for the result that the step gives.
    row<T const> factors(ready_step const& s) const { return {factors_.data() + s.outputs, s.product.out_channels}; }
    /// Memory of the prepared weights, beside the model's own.
    std::size_t bytes() const { return others_.bytes() + weights_.size() + starts_.size() * (sizeof(std::int32_t) + 2 * sizeof(T)); }

private:
    /// Lays out the weights of the steps in int8.
    void prepare(basic_model<T, B> const& m) {
        std::size_t weights = 0, outputs = 0;
        each_step_in_int8([&](std::size_t, ready_step& s, step const&) {
            if (s.product.out_channels == 0) return;
            s.layout = kernel<int8_unit_preparation<T>, B>::layout(s.product);
            s.weights = std::exchange(weights, weights + line(s.layout.size));
            s.outputs = std::exchange(outputs, outputs + line(s.product.out_channels));
        });
        weights_ = typename B::template buffer<int8>(weights);
        starts_ = typename B::template buffer<std::int32_t>(outputs);
        scales_ = typename B::template buffer<T>(outputs);
        factors_ = typename B::template buffer<T>(outputs);
        typename B::execution run{m.backend()};
        std::vector<T> const values = m.values();
        each_step_in_int8([&](std::size_t j, ready_step& ready, step const& s) {
            if (ready.product.out_channels == 0) return;
            stage_info const& stage = net().stages[j];
            T const* weights_given = values.data() + stage.first_learned + stage.layers[s.first].first_learned;
            std::vector<T> folded, bias(weights_given + ready.product.weights(), weights_given + stage.layers[s.first].learned);
            if (s.is_unit) {
                folded_unit<T> unit(net(), stage, s, values);
                folded = std::move(unit.weights), bias = std::move(unit.bias);
                if (!folded.empty()) weights_given = folded.data();
            }
            auto const outputs_here = static_cast<std::size_t>(ready.product.out_channels);
            T* const scales_here = scales_.data() + ready.outputs;
            compute(run, int8_unit_preparation<T>{.weights = weights_of(ready.product, weights_given),
                                                  .bias = bias.empty() ? row<T const>{} : row<T const>{bias},
                                                  .given = ready.given,
                                                  .prepared = {weights_.data() + ready.weights, ready.layout.size},
                                                  .layout = ready.layout,
                                                  .starts = {starts_.data() + ready.outputs, outputs_here},
                                                  .scales = {scales_here, outputs_here}});
            for (std::size_t o = 0; o < outputs_here; ++o)
                factors_[ready.outputs + o] = ready.gives_bytes ? scales_here[o] / ready.wanted.scale : scales_here[o];
        });
    }

    static std::size_t line(std::size_t count) { return (count + 63) / 64 * 64; }

    /// Which steps compute in int8, and between which of them bytes lie: where the one reader of a step's output takes bytes, or rearranges them for one
    /// that does.
    static std::vector<std::vector<ready_step>> planned(net_info const& net, quantisation const& q, first_stage_sees seen) {
        if (q.empty())
            raise(option_error("arithmetic in int8 needs the ranges of activations, which this model does not have: measure them by "
                               "calibrate(model, windows) and give them to set_quantisation, or load weights that `store --int8` wrote"));
        if (auto const problem = quantisation_problem(net, q); !problem.empty()) raise(option_error({"quantisation: ", problem}));
        std::vector<std::vector<ready_step>> stages;
        std::size_t next = 0;
        for (stage_info const& stage : net.stages) {
            auto const steps = steps_of(stage, purpose::inference);
            auto& ready = stages.emplace_back(steps.size());
            for (std::size_t i = 0; i < steps.size(); ++i) {
                layer_info const& layer = stage.layers[steps[i].first];
                if (!has_int8(layer)) continue;
                quantisation::layer const& measured = q.layers[next++];
                ready[i].in_int8 = !measured.in_float;
                ready[i].given = measured.input;
                ready[i].product =
                    layer.role == layer_role::dense ? convolution{{layer.dense.in, 1, 1}, layer.dense.out, 1, 1, 0} : steps[i].unit.product;
                ready[i].rectified = steps[i].unit.rectified, ready[i].pooled = steps[i].unit.pooled;
                if (seen == first_stage_sees::planes && stages.size() == 1) // of any size, so no window is the whole of one
                    ready[i].product.in.height *= 2, ready[i].product.in.width *= 2;
            }
            plan_bytes(stage, steps, ready);
        }
        return stages;
    }

    static void plan_bytes(stage_info const& stage, std::vector<step> const& steps, std::vector<ready_step>& ready) {
        auto const rearranges = [&](std::size_t i) { return stage.layers[steps[i].first].role == layer_role::flatten; };
        auto const has_one_reader = [&](std::size_t i) { // step i's input, which an addition may join later
            for (step const& s : steps)
                if (s.is_addition() && s.skip == static_cast<int>(i)) return false;
            return true;
        };
        for (std::size_t i = 0; i + 1 < steps.size(); ++i) {
            if (!ready[i].in_int8) continue;
            std::size_t reader = i + 1;
            bool alone = has_one_reader(reader);
            if (rearranges(reader) && reader + 1 < steps.size()) alone = alone && has_one_reader(++reader);
            if (!alone || !ready[reader].in_int8 || ready[reader].product.out_channels == 0) continue;
            for (std::size_t k = i; k < reader; ++k) {
                ready[k].in_int8 = ready[k].gives_bytes = ready[k + 1].takes_bytes = true;
                ready[k].wanted = ready[reader].given;
            }
        }
    }

    template <class Body>
    void each_step_in_int8(Body const& body) {
        for (std::size_t j = 0; j < stages_.size(); ++j)
            for (std::size_t i = 0; i < stages_[j].size(); ++i)
                if (stages_[j][i].in_int8) body(j, stages_[j][i], steps(j)[i]);
    }

    std::vector<std::vector<ready_step>> stages_;
    prepared_model<T, B> others_;
    typename B::template buffer<int8> weights_;
    typename B::template buffer<std::int32_t> starts_;
    typename B::template buffer<T> scales_, factors_;
};

} // namespace mcfa
