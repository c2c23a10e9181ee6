// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/cascade.hpp>
#include <mcfa/io/json/json.hpp>
#include <mcfa/train/epoch_report.hpp>
#include <mcfa/weighting/effective_number.hpp>

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

namespace mcfa {

/// Validation losses and figures by stage, as one source of a mixture has them.
inline io::json to_json(net_info const& net, evaluation_results const& found) {
    io::json all(io::json::value_t::object);
    all["windows"] = found.windows;
    for (std::size_t j = 0; j < net.stages.size(); ++j) {
        io::json& stage = all["stages"][std::string(net.stages[j].name)];
        for (task_info const& task : net.tasks)
            for (int i = 0; i < task.terms; ++i)
                stage[std::string(task.name)]["terms"][task.term(i)]["validation_loss"] = found.stages[j].losses[task.first_term + i];
        for (auto const& [task, figures] : found.stages[j].figures)
            for (auto const& [name, value] : figures) stage[task][name] = value;
    }
    return all;
}

/// One line of `log.jsonl`: loss, validation loss and weight of every stage, task and attribute, all figures, how many attributes the weights
/// really train, and where it was measured, how their gradients conflict. JSON has no NaN: a loss without samples is null.
inline io::json to_json(net_info const& net, epoch_report const& report) {
    io::json line(io::json::value_t::object);
    line["epoch"] = report.epoch;
    line["steps"] = report.steps;
    line["seconds"] = report.seconds;
    line["images_per_second"] = report.images_per_second;
    line["rate"] = report.rate;
    line["monitored"] = report.monitored;
    line["best"] = report.best;
    for (auto const& [source, found] : report.validated.sources) line["sources"][source] = to_json(net, found);
    for (std::size_t j = 0; j < net.stages.size(); ++j) {
        io::json stage;
        std::size_t weighted = 0;
        std::vector<std::string> names; // of weighted terms
        for (task_info const& task : net.tasks) {
            io::json terms;
            for (int i = 0; i < task.terms; ++i) {
                std::size_t const k = task.first_term + i;
                io::json& term = terms[task.term(i)];
                term["loss"] = report.losses[j][k];
                term["validation_loss"] = report.validated.stages[j].losses[k];
                if (task.weighted) names.push_back(task.term(i));
                term["weight"] = task.weighted ? report.weights[j][weighted++] : 1.0;
            }
            stage[std::string(task.name)]["terms"] = terms;
        }
        for (auto const& [task, figures] : report.validated.stages[j].figures)
            for (auto const& [name, value] : figures) stage[task][name] = value;
        if (!report.weights[j].empty()) stage["effective_attributes"] = weighting::effective_number(report.weights[j]);
        if (j < report.conflicts.size() && !std::isnan(report.conflicts[j].share)) {
            weighting::conflict const& found = report.conflicts[j];
            io::json& conflict = stage["conflict"];
            conflict["share"] = found.share;
            conflict["lowest_cosine"] = found.lowest_cosine;
            conflict["pair"] = names[found.first] + ", " + names[found.second];
        }
        line["stages"][std::string(net.stages[j].name)] = stage;
    }
    return line;
}

} // namespace mcfa
