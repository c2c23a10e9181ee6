// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/cascade.hpp>
#include <mcfa/core/error.hpp>
#include <mcfa/core/message.hpp>
#include <mcfa/core/name_pattern.hpp>
#include <mcfa/core/raise.hpp>
#include <mcfa/model/tensor.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mcfa {

/// How each part of a net, a layer or a head, trains: the factor on the learning rate, 0 where it is frozen.
///
/// A frozen part keeps its parameters and statistics, and a frozen layer computes as in inference: batch normalisation by its running
/// statistics, dropout not at all. Parts are named by patterns, in which `*` stands for any characters: a stage ("slim_s"), a layer
/// ("slim_s.conv1", "*.bn*"), one stage's head of a task ("slim_s.box"), or a task ("box": its heads at all stages).
class part_rates {
public:
    /// Every part at the whole rate.
    part_rates() = default;

    /// A part that several rates name has their product; one that is both frozen and named by a rate is frozen. Throws `option_error` for a
    /// pattern that names nothing, for a factor that is not positive and finite, and where nothing is left that trains.
    part_rates(net_info const& net, std::vector<std::string> const& frozen, std::map<std::string, double> const& rates) {
        if (frozen.empty() && rates.empty()) return;
        for (stage_info const& stage : net.stages) {
            layers_.emplace_back(stage.layers.size(), 1.0);
            heads_.emplace_back(net.tasks.size(), 1.0);
        }
        for (auto const& [pattern, factor] : rates) {
            if (!(factor > 0 && std::isfinite(factor)))
                raise(option_error({"rates: '", pattern, "' is ", factor, ", must be positive and finite; what shall not move is frozen"}));
            multiply(net, "rates", pattern, factor);
        }
        for (std::string const& pattern : frozen) multiply(net, "frozen", pattern, 0);
        for (std::size_t j = 0; j < net.stages.size(); ++j)
            if (any_head(j) || first_trained(net.stages[j], j) < net.stages[j].layers.size()) return;
        raise(option_error("frozen: nothing is left that trains"));
    }

    double layer(std::size_t stage, std::size_t i) const { return layers_.empty() ? 1 : layers_[stage][i]; }
    double head(std::size_t stage, std::size_t task) const { return heads_.empty() ? 1 : heads_[stage][task]; }
    double of(tensor_info const& tensor) const {
        std::size_t const stage = tensor.stage;
        return tensor.layer >= 0 ? layer(stage, tensor.layer) : head(stage, tensor.task);
    }

    /// Whether a head of the stage trains.
    bool any_head(std::size_t stage) const {
        return heads_.empty() || std::ranges::any_of(heads_[stage], [](double rate) { return rate > 0; });
    }
    /// The first layer of stage j that has parameters and trains; the number of layers if there is none.
    std::size_t first_trained(stage_info const& stage, std::size_t j) const {
        std::size_t i = 0;
        while (i < stage.layers.size() && (stage.layers[i].learned == 0 || layer(j, i) == 0)) ++i;
        return i;
    }

private:
    static bool names(std::string_view pattern, stage_info const& stage, std::string_view part) {
        return matches(pattern, stage.name) || matches(pattern, join({stage.name, ".", part}));
    }

    void multiply(net_info const& net, char const* option, std::string const& pattern, double factor) {
        bool any = false;
        auto const change = [&](double& rate) {
            rate *= factor;
            any = true;
        };
        for (std::size_t j = 0; j < net.stages.size(); ++j) {
            stage_info const& stage = net.stages[j];
            for (std::size_t i = 0; i < stage.layers.size(); ++i)
                if (names(pattern, stage, stage.layers[i].name())) change(layers_[j][i]);
            for (std::size_t t = 0; t < net.tasks.size(); ++t)
                if (names(pattern, stage, net.tasks[t].name) || matches(pattern, net.tasks[t].name)) change(heads_[j][t]);
        }
        if (any) return;
        std::string stages, tasks;
        for (stage_info const& stage : net.stages) stages += join({stages.empty() ? "" : ", ", stage.name});
        for (task_info const& task : net.tasks) tasks += join({tasks.empty() ? "" : ", ", task.name});
        raise(option_error({option, ": '", pattern, "' names nothing; there are the stages ", stages, ", their layers (such as ",
                            example(net), ") and the tasks ", tasks}));
    }

    static std::string example(net_info const& net) {
        for (stage_info const& stage : net.stages)
            if (!stage.layers.empty()) return join({stage.name, ".", stage.layers[0].name()});
        return "none";
    }

    std::vector<std::vector<double>> layers_; ///< by stage and layer; empty: 1 each
    std::vector<std::vector<double>> heads_;  ///< by stage and task
};

} // namespace mcfa
