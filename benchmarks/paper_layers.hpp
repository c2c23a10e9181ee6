// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/op/convolution.hpp>
#include <mcfa/op/dense.hpp>
#include <mcfa/zoo/mcfa.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace benchmarks {

/// The operations of the paper's cascade at one width, each shape once, in the order of the net.
struct paper_layers {
    std::vector<mcfa::convolution> convolutions;
    std::vector<mcfa::dense_product> products; ///< dense layers, then the heads of each stage
};

/// A layer of a plan as an operation: its weights are (out, in, kernel, kernel), and the nets pad so that the size stays or not at all.
inline mcfa::convolution convolution_of(mcfa::layer_info const& layer) {
    int const kernel = layer.parameters[0].dims[2];
    return {layer.in, layer.out.channels, kernel, 1, layer.out.height == layer.in.height ? kernel / 2 : 0};
}

inline std::string name_of(mcfa::convolution const& op) {
    return mcfa::to_string(op.in) + "_to_" + std::to_string(op.out_channels) + "_k" + std::to_string(op.kernel);
}
inline std::string name_of(mcfa::dense_product const& op) { return "dense_" + std::to_string(op.in) + "_to_" + std::to_string(op.out); }

/// Reads the plan of the net alone.
inline paper_layers layers_of(mcfa::net_info const& net) {
    paper_layers found;
    auto const add = [](auto& ops, auto const& op) {
        auto const same = [&](auto const& other) { return name_of(op) == name_of(other); };
        if (std::none_of(ops.begin(), ops.end(), same)) ops.push_back(op);
    };
    for (auto const& stage : net.stages)
        for (auto const& layer : stage.layers) {
            if (layer.kind == "conv") add(found.convolutions, convolution_of(layer));
            if (layer.kind == "dense") add(found.products, mcfa::dense_product{static_cast<int>(layer.in.size()), layer.out.channels});
        }
    for (auto const& stage : net.stages) add(found.products, mcfa::dense_product{stage.feature, net.logits});
    return found;
}

inline paper_layers layers_at_full_width() { return layers_of(mcfa::zoo::mcfa_net<mcfa::zoo::width<1>>::info); }
inline paper_layers layers_at_quarter_width() { return layers_of(mcfa::zoo::mcfa_net<mcfa::zoo::width<1, 4>>::info); }

} // namespace benchmarks
