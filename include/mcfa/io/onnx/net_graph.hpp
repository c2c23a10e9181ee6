// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/cascade.hpp>
#include <mcfa/core/error.hpp>
#include <mcfa/core/refusal.hpp>
#include <mcfa/io/model_metadata.hpp>
#include <mcfa/io/onnx/graph.hpp>
#include <mcfa/io/onnx/layer_forms.hpp>
#include <mcfa/model/model.hpp>

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

/// Writes a model's stages into a graph.
template <class Net, class T, class B>
class onnx_net {
public:
    /// Reads the model's values once. Throws `option_error` for a model of another net, and `shape_error` naming the tensor that has a value
    /// which is not finite.
    onnx_net(basic_model<T, B> const& m, ::onnx::GraphProto& graph) : graph_(graph), net_(m.net()) {
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
        [&]<class... Layers>(layer_list<Layers...>) {
            std::size_t i = 0;
            ((inputs.push_back(x), write_layer<Layers>(stage, stage.layers[i++], inputs, x, flat)), ...);
        }(typename Stage::layers{});
        return {x, flat};
    }

    template <class Layer>
    void write_layer(stage_info const& stage, layer_info const& info, std::vector<std::string> const& inputs, std::string& x, bool& flat) {
        static_assert(stated<layer_lacks_onnx_form<Layer>>);
        if constexpr (requires { sizeof(onnx_form<Layer>); }) {
            auto const name = join({stage.name, ".", info.name()});
            auto const add_parameter = [&](std::string_view parameter, int rank) { return add(join({name, ".", parameter}), rank); };
            x = onnx_form<Layer>::write(
                {graph_, info, name, x, inputs[inputs.size() - 1 - layer_traits<Layer>::back], flat, add_parameter});
            flat = flat || info.role == layer_role::flatten || info.role == layer_role::dense;
        }
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
    std::vector<float> values_;
    std::map<std::string, tensor_info, std::less<>> tensors_;
};

} // namespace mcfa::io
