// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/io/json/json.hpp>
#include <mcfa/io/load.hpp>
#include <mcfa/io/save.hpp>
#include <mcfa/train/files/training_position.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace mcfa {

/// Where a training stands and the settings it has, as a checkpoint's metadata hold them.
inline std::string position_text(training_position const& position, io::json const& settings) {
    io::json state(io::json::value_t::object);
    state["epoch"] = position.epoch;
    state["steps"] = position.steps;
    state["best"] = position.best;
    state["best_epoch"] = position.best_epoch;
    state["settings"] = settings;
    return io::json_text(state);
}

/// Reads that text, its settings into `settings`; `path` is for messages. Throws `file_error`.
inline training_position position_in(std::string const& text, io::json& settings, std::string const& path) {
    io::json_problem problem;
    io::json const state = io::parse_json(text, problem);
    try {
        auto const& best = state.at("best"); // null where it was not finite, which JSON cannot say
        training_position position;
        position.epoch = state.at("epoch").get<int>();
        position.steps = state.at("steps").get<std::int64_t>();
        position.best = best.is_null() ? std::numeric_limits<double>::quiet_NaN() : best.get<double>();
        position.best_epoch = state.at("best_epoch").get<int>();
        settings = state.at("settings");
        return position;
    } catch (io::json::exception const& other) {
        throw file_error(path,
                         {"metadata \"training\" does not read as a checkpoint's: ", problem.text.empty() ? other.what() : problem.text});
    }
}

/// Throws `option_error` for the first setting that is not what it was. Numbers are compared as they are written.
inline void check_settings(io::json const& stored, io::json const& now, std::string const& path) {
    for (auto setting = now.begin(); setting != now.end(); ++setting) {
        auto const before = stored.find(setting.key());
        if (before == stored.end()) continue;
        std::string const was = io::json_text(*before), is = io::json_text(setting.value());
        if (was != is) throw option_error({"cannot resume from ", path, ": '", setting.key(), "' was ", was, " and is now ", is});
    }
}

/// Writes everything that the next epoch depends on, whole or not at all: model, moments, policy and position.
/// The random numbers and the order of samples follow from seed, epoch and step, so they need no state of their own.
template <class Step>
void save_checkpoint(Step& step, training_position const& position, io::json const& settings,
                     std::map<std::string, std::string> const& metadata, std::filesystem::path const& path) {
    using T = typename Step::scalar;
    using rule = std::remove_cvref_t<decltype(step.rule())>;
    io::safetensors_writer file;
    io::add_model(file, step.model());
    std::string const prefix(io::training_prefix);
    for (std::size_t i = 0; i < rule::moments; ++i) {
        std::vector<T> values(step.model().net().learned);
        step.space().run.copy_out(values.data(), static_cast<T const*>(step.moment(i)), values.size());
        file.add(prefix + "moment" + std::to_string(i + 1), io::dtype_of<T>(), {static_cast<std::int64_t>(values.size())}, values);
    }
    step.policy().visit(step.policy_state(), [&](std::string_view name, std::vector<double>& values) {
        file.add(prefix + "policy." + std::string(name), io::dtype::f64, {static_cast<std::int64_t>(values.size())}, values);
    });
    for (auto const& [key, value] : metadata) file.set_metadata(key, value);
    file.set_metadata("training", position_text(position, settings));
    file.write(path);
}

/// Takes a training up again. `settings` must equal those that the checkpoint has, or `option_error` names the first that differs; a
/// file that does not fit throws `file_error`. In both cases nothing has changed.
template <class Step>
training_position load_checkpoint(Step& step, io::json const& settings, std::filesystem::path const& path) {
    using T = typename Step::scalar;
    using rule = std::remove_cvref_t<decltype(step.rule())>;
    auto const file = io::safetensors_file::read(path);
    io::json stored;
    training_position const position = position_in(file.metadata_at("training"), stored, path.string());
    check_settings(stored, settings, path.string());

    auto const model = io::model_values(step.model(), file);
    std::string const prefix(io::training_prefix);
    std::vector<std::vector<T>> moments;
    for (std::size_t i = 0; i < rule::moments; ++i) {
        std::string const name = prefix + "moment" + std::to_string(i + 1);
        moments.push_back(file.template values<T>(name));
        if (moments.back().size() != step.model().net().learned)
            throw file_error(path.string(),
                             {"tensor \"", name, "\": expected ", step.model().net().learned, " values, found ", moments.back().size()});
    }
    auto policy_state = step.policy_state();
    step.policy().visit(policy_state, [&](std::string_view name, std::vector<double>& values) {
        values = file.template values<double>(prefix + "policy." + std::string(name));
    });

    step.model().assign(model);
    for (std::size_t i = 0; i < rule::moments; ++i) step.space().run.copy_in(step.moment(i), moments[i].data(), moments[i].size());
    step.policy_state() = policy_state;
    step.set_steps(position.steps);
    return position;
}

} // namespace mcfa
