// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/cascade.hpp>
#include <mcfa/core/error.hpp>
#include <mcfa/core/message.hpp>
#include <mcfa/op/int8.hpp>

#include <cstddef>
#include <cstdio>
#include <limits>
#include <string>
#include <vector>

namespace mcfa {

/// What arithmetic in int8 must know of a net: of each convolution and dense layer, in the net's order, what its input ranges over, and whether
/// it stays in float. `calibrate` measures it.
struct quantisation {
    struct layer {
        std::string name;                                                 ///< stage and layer: "small.conv1_2"
        byte_scale input;                                                 ///< of the layer's input
        double signal_to_noise = std::numeric_limits<double>::infinity(); ///< of its output in 8 bits, dB, as it was measured
        bool in_float = false;                                            ///< whether it computes in float

        friend bool operator==(layer const&, layer const&) = default;
    };
    std::vector<layer> layers;

    bool empty() const { return layers.empty(); }
    friend bool operator==(quantisation const&, quantisation const&) = default;
};

/// Whether a layer is one of those that a `quantisation` lists.
inline bool has_int8(layer_info const& l) { return l.role == layer_role::convolution || l.role == layer_role::dense; }

/// Names of the layers that a `quantisation` of this net lists.
inline std::vector<std::string> int8_layers(net_info const& net) {
    std::vector<std::string> names;
    for (stage_info const& stage : net.stages)
        for (layer_info const& l : stage.layers)
            if (has_int8(l)) names.push_back(join({stage.name, ".", l.name()}));
    return names;
}

/// What is wrong with a quantisation for this net; empty if nothing is.
[[gnu::noinline]] inline std::string quantisation_problem(net_info const& net, quantisation const& q) {
    auto const names = int8_layers(net);
    if (q.layers.size() != names.size()) return join({"has ", q.layers.size(), " layers, the net has ", names.size()});
    for (std::size_t i = 0; i < names.size(); ++i) {
        auto const& l = q.layers[i];
        if (l.name != names[i]) return join({"has layer \"", l.name, "\" where the net has \"", names[i], "\""});
        if (!l.input.valid())
            return join({"layer \"", l.name, "\": scale ", static_cast<double>(l.input.scale), " and zero ", l.input.zero,
                         ", expected a scale above 0 and a zero of 0 to 255"});
    }
    return {};
}

/// A line for each layer:
///
///     small.conv1_1  0.0078 * (q - 127), 41.3 dB
///     small.conv1_2  0.0213 * (q - 0), 17.9 dB: in float
[[gnu::noinline]] inline std::string describe(quantisation const& q) {
    std::string text;
    for (auto const& l : q.layers) {
        char line[96];
        std::snprintf(line, sizeof line, "  %.4g * (q - %d), %.1f dB%s\n", static_cast<double>(l.input.scale), l.input.zero,
                      l.signal_to_noise, l.in_float ? ": in float" : "");
        text += l.name;
        text += line;
    }
    return text;
}

} // namespace mcfa
