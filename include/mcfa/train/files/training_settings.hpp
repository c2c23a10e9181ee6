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
    if constexpr (requires { step.block(); }) {
        all["block"] = step.block();
        all["ranks_batch_norm"] = options.ranks.batch_norm == batch_norm_over::batch ? "batch" : "block";
        all["ranks_bfloat16_gradients"] = options.ranks.bfloat16_gradients;
    }
    all["batches_per_epoch"] = batches_per_epoch;
    all["seed"] = options.seed.value;
    all["clip"] = options.clip;
    all["scales"] = io::json(io::json::value_t::object);
    for (auto const& [name, scale] : options.scales) all["scales"][name] = scale;
    all["frozen"] = options.frozen;
    all["rates"] = io::json(io::json::value_t::object);
    for (auto const& [part, factor] : options.rates) all["rates"][part] = factor;
    all["monitor"] = options.monitor;
    all["hard_share"] = options.hard_example_share; // the name in earlier checkpoints
    if constexpr (requires { step.optimiser().options(); })
        for (auto const& [name, value] : step.optimiser().options()) all[name] = value;
    add_identity(all, "training", training);
    add_identity(all, "validation", held_out);
    return all;
}

/// Compares the settings of a checkpoint with those that a training has now. Throws `option_error` for the first that differs, and for one
/// that only the checkpoint has. Numbers are compared as they are written. The number of epochs may differ where the schedule does not
/// depend on it, and may be larger where all of them, `finished`, are done. Returns the names of the settings that the checkpoint does not
/// record, because an earlier build wrote it: "policy options, clip", empty if all were compared.
inline std::string check_settings(io::json const& stored, io::json const& now, training_options const& options, int finished,
                                  std::string const& path) {
    std::string not_recorded;
    auto const note = [&](std::string const& name) { not_recorded += (not_recorded.empty() ? "" : ", ") + name; };
    auto const refuse = [&](std::string const& name, std::string const& was, std::string const& is) {
        std::string const way = name != "epochs" ? ""
                                                 : "; the schedule (" + options.rate.text + ") is laid out over all epochs, and " +
                                                       std::to_string(finished) +
                                                       " are finished. Finish them first, or load these weights into the model and start a "
                                                       "training in another folder";
        throw option_error({"cannot resume from ", path, ": '", name, "' was ", was, " and is now ", is, way});
    };
    for (auto setting = now.begin(); setting != now.end(); ++setting) {
        std::string const& name = setting.key();
        auto const found = stored.find(name);
        bool const new_here = found == stored.end();
        if (new_here && name != "frozen" && name != "rates") { // earlier builds trained everything at one rate
            note(name);
            continue;
        }
        std::string const was = new_here ? (name == "frozen" ? "[]" : "{}") : io::json_text(*found), is = io::json_text(*setting);
        if (was == is) continue;
        if (name == "epochs" && (!options.rate.depends_on_total || (*found == finished && *setting > *found))) continue;
        // "harder_first" without its closing quote begins "harder_first, temperature 1"
        if ((name == "policy" || name == "schedule") && is.starts_with(was.substr(0, was.size() - 1) + ",")) note(name + " options");
        else refuse(name, was, is);
    }
    for (auto setting = stored.begin(); setting != stored.end(); ++setting)
        if (!now.contains(setting.key()) && setting.key() != "steps") // earlier builds recorded the number of all steps
            refuse(setting.key(), io::json_text(*setting), "not recorded");
    return not_recorded;
}

} // namespace mcfa
