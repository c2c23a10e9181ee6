#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include <mcfa/io/model_file.hpp>
#include <mcfa/train/training_step.hpp>

namespace mcfa {

/// Where a training stands between two epochs.
struct training_position {
    int epoch = 0;           ///< epochs that are finished
    std::int64_t steps = 0;
    double best = 0;         ///< the monitored figure's best value so far
    int best_epoch = 0;
    nlohmann::json settings; ///< what must be the same when training goes on
};

/// Writes everything that the next epoch depends on, whole or not at all: model, moments, policy and position.
/// The random numbers and the order of samples follow from seed, epoch and step, so they need no state of their own.
template <class Step>
void save_checkpoint(Step& step, training_position const& position, std::map<std::string, std::string> const& metadata,
                     std::filesystem::path const& path) {
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
    nlohmann::json const state{{"epoch", position.epoch},
                               {"steps", position.steps},
                               {"best", position.best},
                               {"best_epoch", position.best_epoch},
                               {"settings", position.settings}};
    file.set_metadata("training", state.dump());
    file.write(path);
}

/// Takes a training up again. `settings` must equal those that the checkpoint has, or `option_error` names the first that differs; a
/// file that does not fit throws `file_error`. In both cases nothing has changed.
template <class Step>
training_position load_checkpoint(Step& step, nlohmann::json const& settings, std::filesystem::path const& path) {
    using T = typename Step::scalar;
    using rule = std::remove_cvref_t<decltype(step.rule())>;
    auto const file = io::safetensors_file::read(path);
    training_position position;
    try {
        auto const state = nlohmann::json::parse(file.metadata_at("training"));
        auto const& best = state.at("best"); // null where it was not finite, which JSON cannot say
        position = {state.at("epoch"), state.at("steps"), best.is_null() ? std::numeric_limits<double>::quiet_NaN() : best.get<double>(),
                    state.at("best_epoch"), state.at("settings")};
    } catch (nlohmann::json::exception const& problem) {
        throw file_error(path.string(), std::string("metadata \"training\" does not read as a checkpoint's: ") + problem.what());
    }
    for (auto const& [key, value] : settings.items()) {
        if (auto const stored = position.settings.find(key); stored != position.settings.end() && *stored != value)
            throw option_error("cannot resume from " + path.string() + ": '" + key + "' was " + stored->dump() + " and is now " + value.dump());
    }
    position.settings = settings;

    auto const model = io::model_values(step.model(), file);
    std::string const prefix(io::training_prefix);
    std::vector<std::vector<T>> moments;
    for (std::size_t i = 0; i < rule::moments; ++i) {
        std::string const name = prefix + "moment" + std::to_string(i + 1);
        moments.push_back(file.template values<T>(name));
        if (moments.back().size() != step.model().net().learned)
            throw file_error(path.string(), "tensor \"" + name + "\": expected " + std::to_string(step.model().net().learned) + " values, found " +
                                                std::to_string(moments.back().size()));
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
