// SPDX-License-Identifier: MIT
#include "ablation/report_json.hpp"

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstddef>

namespace {

using nlohmann::json;

json to_json(spread const& s) { return {{"mean", s.mean}, {"deviation", s.deviation}}; }

/// Figures by attribute's name; attributes without one are left out.
json by_name(std::vector<double> const& figures, std::vector<std::string> const& names) {
    json all = json::object();
    for (std::size_t k = 0; k < figures.size(); ++k)
        if (!std::isnan(figures[k])) all[names[k]] = figures[k];
    return all;
}

/// The part that rows of rules and of nets have in common.
json to_json(compared_rule const& row) {
    return {{"accuracy", to_json(row.accuracy)},
            {"balanced_accuracy", to_json(row.balanced)},
            {"f1", to_json(row.f1)},
            {"hardest_accuracy", to_json(row.hardest)},
            {"accuracy_gain", row.accuracy_gain},
            {"accuracy_p_of_persons", row.accuracy_p},
            {"accuracy_p_of_seeds", row.accuracy_p_of_seeds},
            {"hardest_gain", row.hardest_gain},
            {"hardest_p_of_persons", row.hardest_p},
            {"hardest_p_of_seeds", row.hardest_p_of_seeds}};
}

} // namespace

std::string report_json(std::vector<std::string> const& facts, std::vector<run_answers> const& runs, comparison const& found,
                        std::vector<std::string> const& names) {
    json all{{"facts", facts}};
    for (std::size_t const k : found.hardest) all["hardest"].push_back(names[k]);
    for (auto const& row : found.rows) {
        json one = to_json(row);
        one.update({{"stages", row.stages},
                    {"tasks", row.tasks},
                    {"rule", row.rule},
                    {"effective_attributes", row.effective},
                    {"conflicts", row.conflicts},
                    {"seconds", row.seconds},
                    {"f1_of", by_name(row.f1_of, names)},
                    {"balanced_accuracy_of", by_name(row.balanced_of, names)},
                    {"relative_loss_f1", to_json(row.f1_loss)},
                    {"relative_loss_balanced_accuracy", to_json(row.balanced_loss)}});
        all["rules"].push_back(std::move(one));
    }
    for (auto const& row : compare_nets(runs).rows) {
        json one = to_json(row);
        one.update({{"rule", row.stages}, {"net", row.rule}});
        all["nets"].push_back(std::move(one));
    }
    for (auto const& single : found.singles)
        all["single_tasks"].push_back({{"stages", single.stages},
                                       {"f1_of", by_name(single.f1_of, names)},
                                       {"balanced_accuracy_of", by_name(single.balanced_of, names)}});
    for (auto const& run : runs) {
        json one{{"stages", run.stages},
                 {"tasks", run.tasks},
                 {"rule", run.rule},
                 {"seed", run.seed},
                 {"validation_loss", run.validation_loss},
                 {"effective_attributes", run.effective},
                 {"conflicts", run.conflicts},
                 {"seconds", run.seconds},
                 {"commit", run.commit}};
        auto const figures = figures_of(run, found.hardest);
        one.update({{"accuracy", figures.accuracy}, {"balanced_accuracy", figures.balanced}, {"f1", figures.f1}});
        if (run.tasks != "single") one["hardest_accuracy"] = figures.hardest;
        all["runs"].push_back(std::move(one));
    }
    return all.dump(2) + "\n";
}
