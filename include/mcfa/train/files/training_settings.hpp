// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/io/json/json.hpp>
#include <mcfa/io/model_metadata.hpp>
#include <mcfa/train/training_options.hpp>
#include <mcfa/weighting/policy.hpp>

#include <cstddef>
#include <string>

namespace mcfa {

/// Adds what a source of data says of itself, where it does: `identity()`, texts by name.
template <class Source>
void add_identity(io::json& all, std::string const& part, Source const& source) {
    if constexpr (requires { source.identity(); })
        for (auto const& [name, text] : source.identity()) all[part + "." + name] = text;
}

/// What must be the same when a training goes on: net, data, optimiser, policy, schedule and all options that change what is learned.
template <class Step, class Training, class HeldOut>
io::json settings_of(Step& step, training_options const& options, std::size_t batches_per_epoch, Training const& training,
                     HeldOut const& held_out) {
    io::json all(io::json::value_t::object);
    all["net"] = io::net_text(step.model().net());
    all["optimiser"] = std::string(step.optimiser().name);
    all["rate"] = step.optimiser().rate;
    all["policy"] = weighting::policy_traits<std::remove_cvref_t<decltype(step.policy())>>::text(step.policy());
    all["schedule"] = options.rate.text;
    all["epochs"] = options.epochs;
    all["batch"] = options.batch;
    all["batches_per_epoch"] = batches_per_epoch;
    all["seed"] = options.seed.value;
    all["clip"] = options.clip;
    all["scales"] = io::json(io::json::value_t::object);
    for (auto const& [name, scale] : options.scales) all["scales"][name] = scale;
    all["monitor"] = options.monitor;
    all["hard_share"] = options.hard_share;
    if constexpr (requires { step.optimiser().options(); })
        for (auto const& [name, value] : step.optimiser().options()) all[name] = value;
    add_identity(all, "training", training);
    add_identity(all, "validation", held_out);
    return all;
}

/// Throws `option_error` for the first setting that is not what it was; a setting that only one side has differs too. Numbers are
/// compared as they are written. The number of epochs may differ unless the schedule depends on it.
inline void check_settings(io::json const& stored, io::json const& now, training_options const& options, std::string const& path) {
    auto const text = [](io::json const& all, std::string const& name) {
        auto const found = all.find(name);
        return found == all.end() ? std::string("not recorded") : io::json_text(*found);
    };
    auto const compare = [&](std::string const& name) {
        std::string const was = text(stored, name), is = text(now, name);
        if (was == is || (name == "epochs" && !options.rate.depends_on_total)) return;
        std::string const way = name != "epochs" ? ""
                                                 : "; the schedule (" + options.rate.text +
                                                       ") is laid out over all epochs. To train on, load these weights into the model and "
                                                       "start a training in another folder";
        throw option_error({"cannot resume from ", path, ": '", name, "' was ", was, " and is now ", is, way});
    };
    for (auto setting = now.begin(); setting != now.end(); ++setting) compare(setting.key());
    for (auto setting = stored.begin(); setting != stored.end(); ++setting)
        if (!now.contains(setting.key())) compare(setting.key());
}

} // namespace mcfa
