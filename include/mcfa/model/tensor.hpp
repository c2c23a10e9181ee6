// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/cascade.hpp>
#include <mcfa/core/message.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace mcfa {

/// One named tensor of a model and its place in the buffer of parameters.
struct tensor_info {
    std::string name; ///< "small.conv1_1.weight"
    parameter_spec spec;
    std::size_t first = 0; ///< offset of its first value
    int stage = 0;
    int layer = -1; ///< within its stage; -1 for a head's
    int task = -1;  ///< of a head's; -1 for a layer's

    std::size_t size() const { return spec.size(); }
    std::vector<std::int64_t> dims() const { return {spec.dims.begin(), spec.dims.begin() + spec.rank}; }
};

/// All tensors of a net, in the buffer's order: per stage the layers', then the heads'; after all stages the statistics.
inline std::vector<tensor_info> tensors_of(net_info const& net) {
    std::vector<tensor_info> all;
    auto const add = [&](int j, int layer, int task, std::string_view name, parameter_spec const& spec,
                         std::size_t first) __attribute__((noinline)) {
        all.push_back({join({net.stages[static_cast<std::size_t>(j)].name, ".", name, ".", spec.name}), spec, first, j, layer, task});
    };
    for (bool const statistics : {false, true})
        for (int j = 0; j < static_cast<int>(net.stages.size()); ++j) {
            stage_info const& stage = net.stages[j];
            for (int l = 0; l < static_cast<int>(stage.layers.size()); ++l) {
                layer_info const& layer = stage.layers[l];
                std::string const name = layer.name();
                std::size_t next =
                    statistics ? net.learned + stage.first_statistic + layer.first_statistic : stage.first_learned + layer.first_learned;
                for (int i = 0; i < layer.parameter_count; ++i) {
                    parameter_spec const& spec = layer.parameters[i];
                    if ((spec.role == parameter_role::statistic) != statistics) continue;
                    add(j, l, -1, name, spec, next);
                    next += spec.size();
                }
            }
            if (statistics) continue;
            std::size_t const feature = stage.feature;
            int t = 0;
            for (task_info const& task : net.tasks)
                add(j, -1, t++, task.name, {"weight", parameter_role::weight, 2, {task.length, stage.feature, 1, 1}, 0.01},
                    stage.first_head_weight + task.first_logit * feature);
            t = 0;
            for (task_info const& task : net.tasks)
                add(j, -1, t++, task.name, {"bias", parameter_role::bias, 1, {task.length, 1, 1, 1}},
                    stage.first_head_bias + task.first_logit);
        }
    return all;
}

} // namespace mcfa
