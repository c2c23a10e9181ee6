// SPDX-License-Identifier: MIT
#include "evaluation/evaluation.hpp"

#include <mcfa/score/impossible.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <span>
#include <utility>

using figure_of = mcfa::score::attribute_figure;

namespace {

struct mean_error {
    double mean = mcfa::not_measured;
    mcfa::score::interval interval;
};

mean_error mean_of(std::vector<judged_faces::landmark_error> const& errors, std::size_t groups, int replicates) {
    auto const mean = [&](auto weight_of) {
        double sum = 0, all = 0;
        for (auto const& one : errors) sum += weight_of(one.group) * one.error, all += weight_of(one.group);
        return mcfa::measured_ratio(sum, all);
    };
    mean_error result;
    result.mean = mean([](std::size_t) { return 1.0; });
    if (replicates > 0)
        result.interval = mcfa::score::bootstrap(
            groups, 1,
            [&](std::span<double const> weights, std::span<double> out) { out[0] = mean([&](std::size_t g) { return weights[g]; }); },
            {.replicates = replicates})[0];
    return result;
}

double share_of_impossible_labels(mcfa::score::attribute_samples const& samples) {
    mcfa::score::impossible_combinations const rules(samples.names());
    double broken = 0, known = 0; // a face without both labels of any pair says nothing
    for (std::size_t n = 0; n < samples.size(); ++n) {
        known += rules.in([&](std::size_t k) { return samples.label(n, k) != 0; });
        broken += rules.in([&](std::size_t k) { return samples.label(n, k) > 0; });
    }
    return mcfa::measured_ratio(broken, known);
}

nlohmann::json figures_of(mcfa::score::attribute_row const& row, mcfa::score::interval_row const& intervals, std::size_t count) {
    nlohmann::json all = nlohmann::json::object();
    for (std::size_t f = 0; f < count; ++f) {
        std::string const name(mcfa::score::attribute_figure_names[f]);
        all[name] = row[f];
        all["intervals"][name] = {intervals[f].low, intervals[f].high};
    }
    return all;
}

std::string with_interval(double figure, mcfa::score::interval of) {
    if (std::isnan(of.low)) return shown(figure);
    return shown(figure) + " (" + shown(of.low) + " to " + shown(of.high) + ")";
}

} // namespace

evaluation::evaluation(judged_faces const& judged, std::vector<double> chosen, int replicates)
    : names(judged.attributes.names()),
      thresholds(std::move(chosen)),
      labelled(names.size()),
      positives(names.size()),
      impossible_labels(share_of_impossible_labels(judged.attributes)),
      faces(judged.attributes.size()),
      groups(judged.groups.count()),
      persons(judged.groups.persons()) {
    for (std::size_t n = 0; n < faces; ++n)
        for (std::size_t k = 0; k < names.size(); ++k) {
            labelled[k] += judged.attributes.label(n, k) != 0;
            positives[k] += judged.attributes.label(n, k) > 0;
        }
    mcfa::score::attribute_scorer const scorer(judged.attributes, thresholds);
    rows = scorer();
    intervals.resize(rows.size());
    if (replicates > 0) intervals = mcfa::score::attribute_intervals(scorer, groups, {.replicates = replicates});
    auto const places = mean_of(judged.landmarks, groups, replicates);
    landmark_error = places.mean;
    landmark_interval = places.interval;
}

std::string shown(double figure, char const* format) {
    if (std::isnan(figure)) return "-";
    char text[32];
    std::snprintf(text, sizeof text, format, figure);
    return text;
}

void print(evaluation const& e) {
    std::vector<std::pair<char const*, figure_of::place>> columns{{"accuracy", figure_of::accuracy},
                                                                  {"majority", figure_of::baseline_accuracy},
                                                                  {"balanced", figure_of::balanced_accuracy},
                                                                  {"recall", figure_of::recall},
                                                                  {"F1", figure_of::f1},
                                                                  {"AP", figure_of::average_precision}};
    if (!e.thresholds.empty()) {
        columns.emplace_back("bal. at t", figure_of::balanced_accuracy_at_threshold);
        columns.emplace_back("F1 at t", figure_of::f1_at_threshold);
    }
    auto const line = [&](std::string const& name, double positive, mcfa::score::attribute_row const& row) {
        std::printf("%-20s %9s", name.c_str(), shown(positive).c_str());
        for (auto const& [heading, f] : columns) std::printf(" %9s", shown(row[f]).c_str());
        std::printf("\n");
    };
    std::printf("%-20s %9s", "attribute", "positive");
    for (auto const& [heading, f] : columns) std::printf(" %9s", heading);
    std::printf("\n");
    for (std::size_t k = 0; k < e.names.size(); ++k)
        line(e.names[k], mcfa::measured_ratio(static_cast<double>(e.positives[k]), static_cast<double>(e.labelled[k])), e.rows[k]);
    line("mean", mcfa::not_measured, e.rows.back());

    std::printf("\nmeans with 95 %% intervals, by a bootstrap over ");
    if (e.persons > 0) std::printf("%zu persons%s\n", e.persons, e.groups > e.persons ? " and single photos" : "");
    else std::printf("%zu photos, whose persons are not known\n", e.groups);
    auto const mean = [&](char const* name, figure_of::place f) {
        std::printf("%-40s %s\n", name, with_interval(e.rows.back()[f], e.intervals.back()[f]).c_str());
    };
    mean("accuracy", figure_of::accuracy);
    mean("accuracy of the majority class", figure_of::baseline_accuracy);
    mean("balanced accuracy", figure_of::balanced_accuracy);
    mean("recall of the positive class", figure_of::recall);
    mean("F1 of the positive class", figure_of::f1);
    mean("average precision", figure_of::average_precision);
    mean("faces with an impossible combination", figure_of::impossible);
    std::printf("%-40s %s\n", "faces labelled with one", shown(e.impossible_labels).c_str());
    if (e.thresholds.empty()) return;
    mean("accuracy at thresholds", figure_of::accuracy_at_threshold);
    mean("balanced accuracy at thresholds", figure_of::balanced_accuracy_at_threshold);
    mean("F1 at thresholds", figure_of::f1_at_threshold);
    mean("impossible combinations at thresholds", figure_of::impossible_at_threshold);
}

nlohmann::json to_json(evaluation const& e) {
    nlohmann::json result{{"faces", e.faces},
                          {"persons", e.persons},
                          {"bootstrap_groups", e.groups},
                          {"impossible_labels", e.impossible_labels},
                          {"nme", e.landmark_error},
                          {"nme_interval", {e.landmark_interval.low, e.landmark_interval.high}}};
    result["attributes"] = nlohmann::json::array();
    for (std::size_t k = 0; k < e.names.size(); ++k) {
        auto row = figures_of(e.rows[k], e.intervals[k], figure_of::impossible);
        row["name"] = e.names[k];
        row["labelled"] = e.labelled[k];
        row["positives"] = e.positives[k];
        if (!e.thresholds.empty()) row["threshold"] = e.thresholds[k];
        result["attributes"].push_back(std::move(row));
    }
    result["mean"] = figures_of(e.rows.back(), e.intervals.back(), figure_of::count);
    return result;
}
