// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/model/plan/memory_plan.hpp>

#include <cstddef>
#include <cstdio>
#include <string>

namespace mcfa {

/// A table of a net: each layer's output, parameters, multiply-adds and bytes of output for one window, and the size of a workspace.
/// `bytes_per_value` is the size of the scalar.
inline std::string describe(net_info const& net, std::size_t batch = 1, std::size_t bytes_per_value = sizeof(float)) {
    std::string text;
    char line[160];
    std::size_t parameters = 0, multiply_adds = 0;
    auto const row = [&](std::string const& name, std::string const& output, std::size_t values, std::size_t work, std::size_t bytes) {
        std::snprintf(line, sizeof line, "  %-18s %-14s %12zu %14zu %12zu\n", name.c_str(), output.c_str(), values, work, bytes);
        text += line;
    };
    for (stage_info const& stage : net.stages) {
        text += std::string(stage.name) + "  (input " + to_string(stage.input) + ", feature " + std::to_string(stage.feature) + ")\n";
        std::snprintf(line, sizeof line, "  %-18s %-14s %12s %14s %12s\n", "layer", "output", "parameters", "multiply-adds", "bytes");
        text += line;
        for (layer_info const& layer : stage.layers)
            row(layer.name(), to_string(layer.out), layer.learned + layer.statistics, layer.multiply_adds,
                layer.in_place ? 0 : layer.out.size() * bytes_per_value);
        std::size_t const length = net.logits, feature = stage.feature;
        row("heads", std::to_string(length), length * (feature + 1), length * feature, length * bytes_per_value);
        multiply_adds += stage.multiply_adds;
    }
    parameters = net.size();
    auto const megabytes = [&](std::size_t values) { return static_cast<double>(values * bytes_per_value) / 1e6; };
    auto const of_workspace = [&](purpose use) {
        return static_cast<double>(memory_plan::of(net, batch, use).bytes(bytes_per_value)) / 1e6;
    };
    std::snprintf(line, sizeof line, "parameters %zu (%.1f MB), multiply-adds per window %.3f G\n", parameters, megabytes(parameters),
                  static_cast<double>(multiply_adds) / 1e9);
    text += line;
    std::snprintf(line, sizeof line, "workspace for %zu windows: inference %.1f MB, training %.1f MB\n", batch,
                  of_workspace(purpose::inference), of_workspace(purpose::training));
    return text + line;
}

/// The same for a cascade type: `describe<net>(32)`.
template <class Net, class T = float>
std::string describe(std::size_t batch = 1) {
    return describe(Net::info, batch, sizeof(T));
}

} // namespace mcfa
