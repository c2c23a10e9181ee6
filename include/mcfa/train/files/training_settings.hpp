// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/io/json/json.hpp>
#include <mcfa/io/model_metadata.hpp>
#include <mcfa/train/training_options.hpp>

#include <string>

namespace mcfa {

/// What must be the same when a training goes on: net, optimiser, policy, schedule and all options that change what is learned.
template <class Step>
io::json settings_of(Step& step, training_options const& options, long total_steps) {
    io::json all(io::json::value_t::object);
    all["net"] = io::net_text(step.model().net());
    all["optimiser"] = std::string(step.rule().name);
    all["rate"] = step.rule().rate;
    all["policy"] = std::string(step.policy().name);
    all["schedule"] = std::string(options.rate.name);
    all["epochs"] = options.epochs;
    all["batch"] = options.batch;
    all["steps"] = total_steps;
    all["seed"] = options.seed.value;
    all["clip"] = options.clip;
    all["scales"] = io::json(io::json::value_t::object);
    for (auto const& [name, scale] : options.scales) all["scales"][name] = scale;
    all["monitor"] = options.monitor;
    all["hard_share"] = options.hard_share;
    if constexpr (requires { step.rule().options(); })
        for (auto const& [name, value] : step.rule().options()) all[name] = value;
    return all;
}

} // namespace mcfa
