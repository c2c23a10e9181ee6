// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/cascade.hpp>
#include <mcfa/core/error.hpp>
#include <mcfa/core/refusal.hpp>
#include <mcfa/io/model_metadata.hpp>
#include <mcfa/io/onnx/graph.hpp>
#include <mcfa/io/onnx/int8_operands.hpp>
#include <mcfa/io/onnx/layer_forms.hpp>
#include <mcfa/model/int8/quantisation.hpp>
#include <mcfa/model/model.hpp>
#include <mcfa/model/plan/folded_unit.hpp>
#include <mcfa/model/plan/step.hpp>
#include <mcfa/model/purpose.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mcfa::io {

/// Writes a model's stages into a graph. Layers that its quantisation, if it has one, lets compute in int8 are written so that runtimes do it too.
template <class Net, class T, class B>
class onnx_net {
public:
    /// Reads the model's values once. Throws `option_error` for a model of another net, and `shape_error` naming the tensor that has a value
    /// which is not finite.
    onnx_net(basic_model<T, B> const& m, ::onnx::GraphProto& graph) : graph_(graph), net_(m.net()), quantisation_(m.quantisation()) {
        if (&net_ != &Net::info) throw option_error({"ONNX: the model is of another net (", net_text(net_), ")"});
        auto const values = m.values();
        values_.assign(values.begin(), values.end());
        for (tensor_info const& tensor : m.tensors()) {
            for (float const v : of(tensor))
                if (!std::isfinite(v)) throw shape_error({"tensor \"", tensor.name, "\": a value is not finite"});
            tensors_.emplace(tensor.name, tensor);
        }
    }

    /// All stages: their windows are the inputs, called as the stages, and the logits of their tasks the outputs, "small.face".
    void write_cascade() {
        std::string before; // the feature of the stage before
        each_stage([&]<class Stage>(stage_info const& stage) {
            shape const in = stage.input;
            graph_.input(std::string(stage.name), {"windows", in.channels, in.height, in.width});
            auto const [own, flat] = write_layers<Stage>(stage);
            std::string feature = flat ? own : graph_.node("Flatten", {own}, join({stage.name, ".own_feature"}));
            if (!before.empty()) feature = graph_.node("Concat", {feature, before}, feature_of(stage), {{"axis", std::int64_t{1}}});
            for (task_info const& task : net_.tasks) {
                auto const logits = join({stage.name, ".", task.name});
                graph_.node("Gemm", {feature, add(logits + ".weight"), add(logits + ".bias")}, logits, {{"transB", std::int64_t{1}}});
                graph_.output(logits, {"windows", task.length});
            }
            before = feature;
        });
    }

    /// The first stage on planes of any size: the logits of every place of its grid.
    void write_first_stage() {
        stage_info const& stage = net_.stages[0];
        graph_.input(std::string(stage.name), {"photos", stage.input.channels, "height", "width"});
        first_stage([&]<class Stage>() {
            auto const feature = write_layers<Stage>(stage).first;
            for (task_info const& task : net_.tasks) {
                auto const logits = join({stage.name, ".", task.name});
                graph_.node("Conv", {feature, add(logits + ".weight", 4), add(logits + ".bias")}, logits);
                graph_.output(logits, {"photos", task.length, "rows", "columns"});
            }
        });
    }

    /// Pixels from one of the first stage's windows to the next.
    static constexpr int first_stride = []<class First, class... Rest>(layer_list<First, Rest...>) {
        return []<class... Layers>(layer_list<Layers...>) { return (onnx_stride<Layers> * ... * 1); }(typename First::layers{});
    }(typename Net::stage_types{});

private:
    template <class F>
    void each_stage(F&& f) {
        [&]<class... Stages>(layer_list<Stages...>) {
            std::size_t j = 0;
            (f.template operator()<Stages>(net_.stages[j++]), ...);
        }(typename Net::stage_types{});
    }
    template <class F>
    void first_stage(F&& f) {
        [&]<class First, class... Rest>(layer_list<First, Rest...>) { f.template operator()<First>(); }(typename Net::stage_types{});
    }

    /// The name of the last layer's result, and whether it has no plane.
    template <class Stage>
    std::pair<std::string, bool> write_layers(stage_info const& stage) {
        std::string x(stage.name);
        std::vector<std::string> inputs; // of the layers
        bool flat = false;
        auto const how = arithmetic_of(stage);
        [&]<class... Layers>(layer_list<Layers...>) {
            std::size_t i = 0;
            ((inputs.push_back(x), write_layer<Layers>(stage, stage.layers[i], how[i], inputs, x, flat), ++i), ...);
        }(typename Stage::layers{});
        return {x, flat};
    }

    /// In what a layer computes.
    struct layer_arithmetic {
        bool in_int8 = false; ///< else in float
        bool folded = false;  ///< a normalisation that is part of the layer before it, which computes in int8
        byte_scale given;     ///< of a layer in int8, its input's
        step unit;            ///< that begins with it
    };

    /// Of each layer of a stage, of all stages in their order.
    std::vector<layer_arithmetic> arithmetic_of(stage_info const& stage) {
        std::vector<layer_arithmetic> all(stage.layers.size());
        if (quantisation_.empty()) return all;
        for (step const& s : steps_of(stage, purpose::inference)) {
            if (!has_int8(stage.layers[s.first])) continue;
            quantisation::layer const& measured = quantisation_.layers[next_measured_++];
            if (measured.in_float) continue;
            all[s.first] = {true, false, measured.input, s};
            if (s.normalised) all[s.first + 1].folded = true;
        }
        return all;
    }

    template <class Layer>
    void write_layer(stage_info const& stage, layer_info const& info, layer_arithmetic const& how, std::vector<std::string> const& inputs,
                     std::string& x, bool& flat) {
        static_assert(stated<layer_lacks_onnx_form<Layer>>);
        if constexpr (requires { sizeof(onnx_form<Layer>); }) {
            if (how.folded) return;
            auto const name = join({stage.name, ".", info.name()});
            auto const& skip = inputs[inputs.size() - 1 - layer_traits<Layer>::back];
            if (how.in_int8) {
                auto const narrow = int8_operands(stage, how, name, x);
                auto const operand = [&](std::string_view parameter, int) { return parameter == "bias" ? narrow.bias : narrow.weight; };
                x = onnx_form<Layer>::write({graph_, info, name, narrow.x, skip, flat, operand, true});
            } else {
                auto const add_parameter = [&](std::string_view parameter, int rank) { return add(join({name, ".", parameter}), rank); };
                x = onnx_form<Layer>::write({graph_, info, name, x, skip, flat, add_parameter});
            }
            flat = flat || info.role == layer_role::flatten || info.role == layer_role::dense;
        }
    }

    /// As `prepared_model` has them in int8: with the normalisation behind a convolution in its weights and bias.
    onnx_int8_operands int8_operands(stage_info const& stage, layer_arithmetic const& how, std::string const& name, std::string const& x) {
        tensor_info const& weight = tensors_.at(name + ".weight");
        std::span<float const> weights = of(weight);
        if (!how.unit.is_unit)
            return write_int8_operands(graph_, name, x, how.given, weight.dims(), weights, of(tensors_.at(name + ".bias")));
        folded_unit<float> const unit(net_, stage, how.unit, values_);
        if (!unit.weights.empty()) weights = unit.weights;
        return write_int8_operands(graph_, name, x, how.given, weight.dims(), weights, unit.bias);
    }

    std::string feature_of(stage_info const& stage) const { return join({stage.name, ".feature"}); }

    std::span<float const> of(tensor_info const& tensor) const { return std::span(values_).subspan(tensor.first, tensor.size()); }

    /// Adds a tensor of the model's; dimensions of size 1 fill it up to `rank`.
    std::string add(std::string const& name, int rank = 0) {
        tensor_info const& tensor = tensors_.at(name);
        auto dims = tensor.dims();
        while (dims.size() < static_cast<std::size_t>(rank)) dims.push_back(1);
        return graph_.tensor(name, dims, of(tensor));
    }

    onnx_graph graph_;
    net_info const& net_;
    quantisation quantisation_;
    std::size_t next_measured_ = 0; ///< among its layers
    std::vector<float> values_;
    std::map<std::string, tensor_info, std::less<>> tensors_;
};

} // namespace mcfa::io
