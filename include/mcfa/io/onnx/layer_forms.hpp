// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/stage.hpp>
#include <mcfa/io/onnx/graph.hpp>
#include <mcfa/layer/activation.hpp>
#include <mcfa/layer/batch_norm.hpp>
#include <mcfa/layer/conv.hpp>
#include <mcfa/layer/dense.hpp>
#include <mcfa/layer/depthwise_conv.hpp>
#include <mcfa/layer/dropout.hpp>
#include <mcfa/layer/flatten.hpp>
#include <mcfa/layer/pool.hpp>
#include <mcfa/layer/prelu.hpp>
#include <mcfa/layer/relu.hpp>
#include <mcfa/layer/residual.hpp>
#include <mcfa/layer/squeeze_excite.hpp>
#include <mcfa/op/batch_normalisation.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mcfa::io {

/// A layer on its way into a graph: where its input comes from, and its tensors of parameters by name.
struct onnx_layer {
    onnx_graph& graph;
    layer_info const& info;
    std::string name; ///< "small.conv1_1"
    std::string x;    ///< (batch, channels, height, width), or (batch, values) if `flat`
    std::string skip; ///< the other operand of a layer that joins an earlier one
    bool flat = false;
    std::function<std::string(std::string_view parameter, int rank)> add;
    bool in_int8 = false; ///< a layer in 8 bits has a bias whatever it says itself, for a normalisation may be part of it

    /// Adds a tensor of the layer's parameters, "weight", with dimensions of size 1 appended up to `rank`; returns its name in the graph.
    std::string parameter(std::string_view parameter, int rank = 0) const { return add(parameter, rank); }
    /// An operator whose result is the layer's, or with a suffix one on the way to it.
    std::string node(std::string_view op, std::vector<std::string> const& inputs, std::vector<onnx_attribute> const& attributes = {},
                     std::string_view suffix = "") const {
        return graph.node(op, inputs, name + std::string(suffix), attributes);
    }
};

/// How ONNX writes a layer: specialise it for a layer of your own.
///
///     template <>
///     struct mcfa::io::onnx_form<my_layer> {
///         static constexpr bool slides = true; // may stand on a plane of any size; false where it is left out
///         static constexpr int stride = 1;     // over such a plane; 1 where it is left out
///         static std::string write(onnx_layer const& l) { return l.node("Softplus", {l.x}); }
///     };
template <class Layer>
struct onnx_form;

/// Names a layer that has no form.
template <class Layer>
struct layer_lacks_onnx_form {
    static_assert(
        requires { sizeof(onnx_form<Layer>); },
        "mcfa: nothing says how ONNX writes this layer; specialise mcfa::io::onnx_form for it; see <layer> above");
};

/// Whether a layer may stand on a plane of any size.
template <class Layer>
inline constexpr bool onnx_slides = [] {
    if constexpr (requires { onnx_form<Layer>::slides; }) return onnx_form<Layer>::slides;
    else return false;
}();

/// Pixels from one of a layer's windows to the next.
template <class Layer>
inline constexpr int onnx_stride = [] {
    if constexpr (requires { onnx_form<Layer>::stride; }) return onnx_form<Layer>::stride;
    else return 1;
}();

/// Square windows of a convolution or pool.
inline std::vector<onnx_attribute> onnx_windows(std::int64_t side, std::int64_t stride, std::int64_t pad) {
    return {{"kernel_shape", std::vector<std::int64_t>(2, side)},
            {"strides", std::vector<std::int64_t>(2, stride)},
            {"pads", std::vector<std::int64_t>(4, pad)}};
}

template <int Channels, conv_options O>
struct onnx_form<conv<Channels, O>> {
    static constexpr bool slides = true;
    static constexpr int stride = O.stride;
    static std::string write(onnx_layer const& l) {
        std::vector<std::string> inputs{l.x, l.parameter("weight")};
        if (O.bias || l.in_int8) inputs.push_back(l.parameter("bias"));
        auto attributes = onnx_windows(O.kernel, O.stride, O.pad);
        if (O.dilation != 1) attributes.push_back({"dilations", std::vector<std::int64_t>(2, O.dilation)});
        if (O.groups != 1) attributes.push_back({"group", std::int64_t{O.groups}});
        return l.node("Conv", inputs, attributes);
    }
};

template <depthwise_options O>
struct onnx_form<depthwise_conv<O>> {
    static constexpr bool slides = true;
    static constexpr int stride = O.stride;
    static std::string write(onnx_layer const& l) {
        std::vector<std::string> inputs{l.x, l.parameter("weight")};
        if (O.bias) inputs.push_back(l.parameter("bias"));
        auto attributes = onnx_windows(O.kernel, O.stride, O.pad);
        attributes.push_back({"dilations", std::vector<std::int64_t>(2, O.dilation)});
        attributes.push_back({"group", std::int64_t{l.info.in.channels}});
        return l.node("Conv", inputs, attributes);
    }
};

template <pooling_kind Kind, pool_options O>
struct onnx_pool_form {
    static constexpr bool slides = true;
    static constexpr int stride = O.stride;
    static std::string write(onnx_layer const& l) {
        return l.node(Kind == pooling_kind::maximum ? "MaxPool" : "AveragePool", {l.x}, onnx_windows(O.window, O.stride, O.pad));
    }
};
template <pooling_kind Kind, pool_options O>
struct onnx_form<pool<Kind, O>> : onnx_pool_form<Kind, O> {};
template <int Window, int Stride, int Pad>
struct onnx_form<max_pool<Window, Stride, Pad>> : onnx_pool_form<pooling_kind::maximum, pool_options{Window, Stride, Pad}> {};
template <int Window, int Stride, int Pad>
struct onnx_form<average_pool<Window, Stride, Pad>> : onnx_pool_form<pooling_kind::average, pool_options{Window, Stride, Pad}> {};

template <>
struct onnx_form<global_average_pool> {
    static std::string write(onnx_layer const& l) { return l.node("GlobalAveragePool", {l.x}); }
};

template <>
struct onnx_form<batch_norm> {
    static constexpr bool slides = true;
    static std::string write(onnx_layer const& l) {
        return l.node("BatchNormalization",
                      {l.x, l.parameter("weight"), l.parameter("bias"), l.parameter("running_mean"), l.parameter("running_var")},
                      {{"epsilon", static_cast<float>(batch_normalisation_epsilon)}});
    }
};

template <>
struct onnx_form<flatten> {
    static std::string write(onnx_layer const& l) { return l.node("Flatten", {l.x}); }
};

template <int Outputs>
struct onnx_form<dense<Outputs>> {
    static std::string write(onnx_layer const& l) {
        auto const x = l.flat ? l.x : l.node("Flatten", {l.x}, {}, ".flat");
        return l.node("Gemm", {x, l.parameter("weight"), l.parameter("bias")}, {{"transB", std::int64_t{1}}});
    }
};

template <>
struct onnx_form<relu> {
    static constexpr bool slides = true;
    static std::string write(onnx_layer const& l) { return l.node("Relu", {l.x}); }
};

template <int Back>
struct onnx_form<add_skip<Back>> {
    static constexpr bool slides = true;
    static std::string write(onnx_layer const& l) { return l.node("Add", {l.x, l.skip}); }
};

template <>
struct onnx_form<prelu> {
    static constexpr bool slides = true;
    static std::string write(onnx_layer const& l) { return l.node("PRelu", {l.x, l.parameter("weight", l.flat ? 1 : 3)}); }
};

/// Nothing happens after training.
template <int Percent>
struct onnx_form<dropout<Percent>> {
    static constexpr bool slides = true;
    static std::string write(onnx_layer const& l) { return l.node("Identity", {l.x}); }
};

template <>
struct onnx_form<sigmoid> {
    static constexpr bool slides = true;
    static std::string write(onnx_layer const& l) { return l.node("Sigmoid", {l.x}); }
};

template <>
struct onnx_form<swish> {
    static constexpr bool slides = true;
    static std::string write(onnx_layer const& l) { return l.node("Mul", {l.x, l.node("Sigmoid", {l.x}, {}, ".sigmoid")}); }
};

template <>
struct onnx_form<hard_swish> {
    static constexpr bool slides = true;
    static std::string write(onnx_layer const& l) {
        return l.node("Mul", {l.x, l.node("HardSigmoid", {l.x}, {{"alpha", 1.0f / 6}, {"beta", 0.5f}}, ".hard_sigmoid")});
    }
};

template <>
struct onnx_form<gelu> {
    static constexpr bool slides = true;
    static std::string write(onnx_layer const& l) {
        auto const number = [&](char const* what, float value) { return l.graph.tensor(l.name + what, {}, {&value, 1}); };
        auto const scaled = l.node("Mul", {l.x, number(".root_half", 0.70710678f)}, {}, ".scaled");
        auto const below = l.node("Add", {l.node("Erf", {scaled}, {}, ".erf"), number(".one", 1)}, {}, ".below");
        return l.node("Mul", {l.node("Mul", {l.x, number(".half", 0.5f)}, {}, ".halved"), below});
    }
};

/// Its dense layers are convolutions of one pixel, so that the scales keep the channel's dimension.
template <int Ratio>
struct onnx_form<squeeze_excite<Ratio>> {
    static std::string write(onnx_layer const& l) {
        auto const mean = l.node("GlobalAveragePool", {l.x}, {}, ".mean");
        auto const inner =
            l.node("Relu", {l.node("Conv", {mean, l.parameter("fc1.weight", 4), l.parameter("fc1.bias")}, {}, ".fc1")}, {}, ".inner");
        auto const scale =
            l.node("Sigmoid", {l.node("Conv", {inner, l.parameter("fc2.weight", 4), l.parameter("fc2.bias")}, {}, ".fc2")}, {}, ".scale");
        return l.node("Mul", {l.x, scale});
    }
};

} // namespace mcfa::io
