// SPDX-License-Identifier: MIT
#include "ablation/answers_file.hpp"

#include <mcfa/core/error.hpp>
#include <mcfa/core/read_file.hpp>
#include <mcfa/io/atomic_file.hpp>

#include <nlohmann/json.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace {

char const* const file_name = "answers.json";

/// Numbers of which JSON's null is none.
std::vector<double> numbers(nlohmann::json const& all) {
    std::vector<double> values;
    for (auto const& v : all) values.push_back(v.is_number() ? v.get<double>() : std::nan(""));
    return values;
}

} // namespace

std::optional<run_answers> read_answers(std::filesystem::path const& folder, nlohmann::json const& options) {
    auto const path = folder / file_name;
    if (!std::filesystem::exists(path)) return std::nullopt;
    auto const stored = nlohmann::json::parse(mcfa::read_file(path));
    for (auto const& [name, value] : options.items()) // files of earlier versions have no options
        if (auto const trained = stored.value("options", options).at(name); trained != value)
            throw mcfa::option_error({name, ": ", path.string(), " was trained with ", trained.dump(), ", not ", value.dump()});
    return run_answers{.stages = stored.at("stages"),
                       .tasks = stored.value("tasks", "all"),
                       .rule = stored.at("rule"),
                       .seed = stored.at("seed"),
                       .labels = stored.at("labels"),
                       .said = stored.at("said"),
                       .groups = stored.at("groups"),
                       .validation_loss = numbers(stored.at("validation_loss")),
                       .effective = numbers(stored.at("effective")),
                       .conflicts = numbers(stored.at("conflicts")),
                       .seconds = stored.at("seconds"),
                       .commit = stored.value("commit", "unknown")};
}

void write_answers(std::filesystem::path const& folder, run_answers const& answers, nlohmann::json const& options) {
    nlohmann::json const stored{{"stages", answers.stages},
                                {"tasks", answers.tasks},
                                {"rule", answers.rule},
                                {"seed", answers.seed},
                                {"labels", answers.labels},
                                {"said", answers.said},
                                {"groups", answers.groups},
                                {"validation_loss", answers.validation_loss},
                                {"effective", answers.effective},
                                {"conflicts", answers.conflicts},
                                {"seconds", answers.seconds},
                                {"commit", answers.commit},
                                {"options", options}};
    std::string const text = stored.dump();
    std::array<std::span<std::byte const>, 1> const pieces{std::as_bytes(std::span(text))};
    mcfa::io::write_atomically(folder / file_name, pieces);
}
