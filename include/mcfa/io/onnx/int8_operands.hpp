// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/arithmetic/int8.hpp>
#include <mcfa/io/onnx/graph.hpp>
#include <mcfa/op/int8.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace mcfa::io {

/// Names of what a convolution or dense layer works on, once it has been through 8 bits.
struct onnx_int8_operands {
    std::string x, weight, bias;
};

/// Writes the operands of the layer `name`, so that a runtime computes it as this library does in int8: a byte for each value of its input `x`, of one
/// scale and zero; 8 bits for each weight, of a scale for each output, without a zero; 32 for each bias, of the product of both scales. Behind each
/// stands DequantizeLinear, before it for the input QuantizeLinear. weights (dims), the outputs first; bias (outputs); all finite.
inline onnx_int8_operands write_int8_operands(onnx_graph& graph, std::string const& name, std::string const& x, byte_scale given,
                                              std::span<std::int64_t const> dims, std::span<float const> weights,
                                              std::span<float const> bias) {
    std::size_t const outputs = bias.size(), each = weights.size() / outputs;
    std::int64_t const length[]{static_cast<std::int64_t>(outputs)};
    std::vector<std::int8_t> rounded;
    std::vector<std::int32_t> starts;
    std::vector<float> weight_scales, sum_scales;
    for (std::size_t o = 0; o < outputs; ++o) {
        auto const own = weights.subspan(o * each, each);
        double const scale = arithmetic::int8_weight_scale(own, bias[o], given.scale);
        for (float const w : own) rounded.push_back(arithmetic::int8_weight(w, scale));
        starts.push_back(arithmetic::int8_bias(bias[o], given.scale, scale));
        weight_scales.push_back(static_cast<float>(scale));
        sum_scales.push_back(static_cast<float>(static_cast<double>(given.scale) * scale));
    }
    auto const zero = static_cast<std::uint8_t>(given.zero);
    auto const x_scale = graph.tensor(name + ".x.scale", {}, std::span<float const>(&given.scale, 1)),
               x_zero = graph.tensor(name + ".x.zero", {}, std::span<std::uint8_t const>(&zero, 1));
    auto const bytes = graph.node("QuantizeLinear", {x, x_scale, x_zero}, name + ".x.bytes");
    std::vector<std::int8_t> const zeros(outputs);
    std::vector<std::string> const weight{graph.tensor(name + ".weight", dims, std::span<std::int8_t const>(rounded)),
                                          graph.tensor(name + ".weight.scale", length, std::span<float const>(weight_scales)),
                                          graph.tensor(name + ".weight.zero", length, std::span<std::int8_t const>(zeros))},
        sums{graph.tensor(name + ".bias", length, std::span<std::int32_t const>(starts)),
             graph.tensor(name + ".bias.scale", length, std::span<float const>(sum_scales))};
    onnx_attribute const by_output{"axis", std::int64_t{0}};
    return {graph.node("DequantizeLinear", {bytes, x_scale, x_zero}, name + ".x"),
            graph.node("DequantizeLinear", weight, name + ".weight.values", {by_output}),
            graph.node("DequantizeLinear", sums, name + ".bias.values", {by_output})};
}

} // namespace mcfa::io
