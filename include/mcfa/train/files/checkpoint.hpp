// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/message.hpp>
#include <mcfa/io/json/json.hpp>
#include <mcfa/io/load.hpp>
#include <mcfa/io/save.hpp>
#include <mcfa/train/files/training_position.hpp>
#include <mcfa/train/files/training_settings.hpp>
#include <mcfa/train/training_options.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace mcfa {

/// Where a training stands and the settings it has, as a checkpoint's metadata hold them.
inline std::string position_text(training_position const& position, io::json const& settings) {
    io::json state(io::json::value_t::object);
    state["epoch"] = position.epoch;
    state["steps"] = position.steps;
    state["best"] = position.best;
    state["best_epoch"] = position.best_epoch;
    state["schedule_epoch"] = position.schedule_epoch;
    state["schedule_steps"] = position.schedule_steps;
    state["settings"] = settings;
    return io::json_text(state);
}

/// The numbers that a checkpoint's metadata state, each checked for kind and range: what follows believes them.
class position_reader {
public:
    /// `path` is for messages. Throws `file_error` if the text is no JSON object.
    position_reader(std::string const& text, std::string path) : path_(std::move(path)) {
        io::json_problem problem;
        state_ = io::parse_json(text, problem);
        if (!problem.text.empty() || problem.what != io::json_problem::none)
            fail(problem.text.empty() ? "a name stands twice" : problem.text);
        if (!state_.is_object()) fail("it is no object");
    }

    training_position position() const {
        training_position p;
        p.epoch = static_cast<int>(whole("epoch", 1, std::numeric_limits<int>::max()));
        p.steps = whole("steps", 0, std::numeric_limits<std::int64_t>::max());
        p.best_epoch = static_cast<int>(whole("best_epoch", 0, p.epoch));
        auto const& best = field("best"); // null where it was not finite, which JSON cannot say
        if (!best.is_null() && !best.is_number()) fail({"best is ", io::json_text(best), ", expected a number or null"});
        if (state_.contains("schedule_epoch")) { // not in checkpoints of earlier builds
            p.schedule_epoch = static_cast<int>(whole("schedule_epoch", 0, p.epoch));
            p.schedule_steps = whole("schedule_steps", 0, p.steps);
        }
        p.best = best.is_null() ? std::numeric_limits<double>::quiet_NaN() : best.get<double>();
        return p;
    }

    io::json const& settings() const {
        auto const& all = field("settings");
        if (!all.is_object()) fail({"settings is ", io::json_text(all), ", expected an object"});
        return all;
    }

    [[noreturn, gnu::noinline]] void fail(message const& problem) const {
        throw file_error(path_, {"metadata \"training\" does not read as a checkpoint's: ", problem.text()});
    }

private:
    io::json const& field(char const* name) const {
        auto const found = state_.find(name);
        if (found == state_.end()) fail({name, " is missing"});
        return *found;
    }
    std::int64_t whole(char const* name, std::int64_t least, std::int64_t most) const {
        auto const& value = field(name);
        bool const small =
            value.is_number_integer() && (!value.is_number_unsigned() || value.get<std::uint64_t>() <= static_cast<std::uint64_t>(most));
        if (!small || value.get<std::int64_t>() < least || value.get<std::int64_t>() > most)
            fail({name, " is ", io::json_text(value), ", expected a whole number from ", least, " to ", most});
        return value.get<std::int64_t>();
    }

    std::string path_;
    io::json state_;
};

/// Writes everything that the next epoch depends on, whole or not at all: model, moments, policy and position.
/// The random numbers and the order of samples follow from seed, epoch and step, so they need no state of their own.
template <class Step>
void save_checkpoint(Step& step, training_position const& position, io::json const& settings,
                     std::map<std::string, std::string> const& metadata, std::filesystem::path const& path) {
    using T = typename Step::scalar;
    using chosen = std::remove_cvref_t<decltype(step.optimiser())>;
    io::safetensors_writer file;
    io::add_model(file, step.model());
    std::string const prefix(io::training_prefix);
    for (std::size_t i = 0; i < chosen::moments; ++i) {
        T const* const moment = step.moment(i);
        file.add_in_parts<T>(prefix + "moment" + std::to_string(i + 1), io::dtype_of<T>(),
                             {static_cast<std::int64_t>(step.model().net().learned)},
                             [&](std::size_t first, std::span<T> to) { step.execution().copy_out(to.data(), moment + first, to.size()); });
    }
    step.visit_policy(step.policy_state(), [&](std::string_view name, std::vector<double>& values) {
        file.add(prefix + "policy." + std::string(name), io::dtype::f64, {static_cast<std::int64_t>(values.size())}, values);
    });
    for (auto const& [key, value] : metadata) file.set_metadata(key, value);
    file.set_metadata("training", position_text(position, settings));
    file.write(path);
}

/// Where a checkpoint leaves a training, and the settings that it does not record, so that they could not be compared.
struct resumed_training {
    training_position position;
    std::string not_compared; ///< names; empty if all settings were compared
};

/// Takes a training up again. `settings` must equal those that the checkpoint has, or `option_error` names the first that differs; a
/// file that does not fit throws `file_error`. In both cases nothing has changed. If a finished training is given more epochs, and its
/// schedule is laid out over all of them, the schedule begins anew and runs once over those that were added.
template <class Step>
resumed_training load_checkpoint(Step& step, io::json const& settings, training_options const& options, std::filesystem::path const& path) {
    using T = typename Step::scalar;
    using chosen = std::remove_cvref_t<decltype(step.optimiser())>;
    auto const file = io::safetensors_file::read(path);
    position_reader const state(file.metadata_at("training"), path.string());
    training_position position = state.position();
    std::string const not_compared = check_settings(state.settings(), settings, options, position.epoch, path.string());
    if (options.rate.depends_on_total && state.settings().at("epochs") != settings.at("epochs"))
        position.schedule_epoch = position.epoch, position.schedule_steps = position.steps;
    if (position.steps / position.epoch > settings.at("batches_per_epoch").template get<std::int64_t>())
        state.fail({"steps is ", position.steps, ", more than ", position.epoch, " epochs have"});
    if (position.epoch > options.epochs)
        throw option_error(
            {"cannot resume from ", path.string(), ": epochs is ", options.epochs, ", but ", position.epoch, " are finished"});

    auto const model = io::model_values(step.model(), file);
    std::string const prefix(io::training_prefix);
    std::vector<std::vector<T>> moments;
    for (std::size_t i = 0; i < chosen::moments; ++i) {
        std::string const name = prefix + "moment" + std::to_string(i + 1);
        moments.push_back(file.template values<T>(name));
        if (moments.back().size() != step.model().net().learned)
            throw file_error(path.string(),
                             {"tensor \"", name, "\": expected ", step.model().net().learned, " values, found ", moments.back().size()});
    }
    auto policy_state = step.policy_state();
    step.visit_policy(policy_state, [&](std::string_view name, std::vector<double>& values) {
        std::string const tensor = prefix + "policy." + std::string(name);
        auto stored = file.template values<double>(tensor);
        if (!values.empty() && stored.size() != values.size())
            throw file_error(path.string(), {"tensor \"", tensor, "\": expected ", values.size(), " values, found ", stored.size()});
        values = std::move(stored);
    });

    step.model().assign(model);
    for (std::size_t i = 0; i < chosen::moments; ++i) step.execution().copy_in(step.moment(i), moments[i].data(), moments[i].size());
    step.policy_state() = policy_state;
    step.set_steps(position.steps);
    return {position, not_compared};
}

} // namespace mcfa
