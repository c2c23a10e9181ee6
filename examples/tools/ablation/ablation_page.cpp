// SPDX-License-Identifier: MIT
#include "ablation/ablation_page.hpp"

#include "report/chart.hpp"
#include "report/markup.hpp"
#include "report/page.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

namespace {

std::string percent(spread const& s) { return report::number(100 * s.mean, 2) + " ± " + report::number(100 * s.deviation, 2); }

std::string signed_percent(double gain) { return (gain > 0 ? "+" : "") + report::number(100 * gain, 2); }

/// The mean over seeds of a figure by epoch, a line a rule.
std::string curves(std::vector<run_answers> const& runs, comparison const& found, std::string const& stages, std::string const& title,
                   std::vector<double> run_answers::* figure) {
    std::vector<report::series> lines;
    double low = std::numeric_limits<double>::infinity(), high = -low;
    std::size_t longest = 1;
    for (auto const& row : found.rows) {
        if (row.stages != stages) continue;
        std::vector<double> sums, counts;
        for (auto const& run : runs) {
            if (run.stages != stages || run.rule != row.rule) continue;
            auto const& epochs = run.*figure;
            sums.resize(std::max(sums.size(), epochs.size()));
            counts.resize(sums.size());
            for (std::size_t e = 0; e < epochs.size(); ++e)
                if (std::isfinite(epochs[e])) sums[e] += epochs[e], counts[e] += 1;
        }
        report::series line{.name = row.rule, .points = {}, .dots = true};
        for (std::size_t e = 0; e < sums.size(); ++e) {
            if (counts[e] == 0) continue;
            double const value = sums[e] / counts[e];
            line.points.emplace_back(static_cast<double>(e + 1), value);
            low = std::min(low, value);
            high = std::max(high, value);
        }
        longest = std::max(longest, sums.size());
        lines.push_back(std::move(line));
    }
    if (!(low < high)) low = std::isfinite(low) ? low - 0.5 : 0, high = low + 1;
    report::axes const a{.title = title,
                         .x_label = "epoch",
                         .y_label = "",
                         .x_low = 1,
                         .x_high = static_cast<double>(std::max<std::size_t>(longest, 2)),
                         .y_low = low - 0.05 * (high - low),
                         .y_high = high + 0.05 * (high - low)};
    return report::line_chart(a, lines);
}

std::string words(std::string name) {
    std::replace(name.begin(), name.end(), '_', ' ');
    return name;
}

void add_stages(report::page& page, std::string const& stages, std::vector<run_answers> const& runs, comparison const& found) {
    page.heading("Stages " + stages);
    std::vector<std::vector<std::string>> figures, tests;
    for (auto const& row : found.rows) {
        if (row.stages != stages) continue;
        figures.push_back({row.rule, percent(row.accuracy), percent(row.balanced), percent(row.f1), percent(row.hardest),
                           report::number(row.effective, 1), report::number(100 * row.conflicts, 1), report::number(row.seconds, 0)});
        if (tests.empty()) tests.push_back({row.rule + " (the others are compared with it)", "", "", "", "", "", ""});
        else
            tests.push_back({row.rule, signed_percent(row.accuracy_gain), report::number(row.accuracy_p, 4),
                             report::number(row.accuracy_p_of_seeds, 2), signed_percent(row.hardest_gain), report::number(row.hardest_p, 4),
                             report::number(row.hardest_p_of_seeds, 2)});
    }
    page.table({"rule", "accuracy %", "balanced %", "F1 %", "hardest ten %", "effective attributes", "conflicts %", "s to train"}, figures);
    page.subheading("Differences and what chance would give");
    page.table({"rule", "accuracy %", "p persons", "p seeds", "hardest ten %", "p persons", "p seeds"}, tests);
    page.charts({curves(runs, found, stages, "validation loss of the attributes", &run_answers::validation_loss),
                 curves(runs, found, stages, "attributes that the weights train", &run_answers::effective),
                 curves(runs, found, stages, "share of pairs of gradients in conflict", &run_answers::conflicts)});
}

} // namespace

std::string ablation_page(std::vector<std::string> const& facts, std::vector<run_answers> const& runs, comparison const& found,
                          std::vector<std::string> const& names) {
    report::page page("Ablation of weighting rules");
    for (auto const& fact : facts) page.paragraph(fact);
    std::string hardest;
    for (std::size_t const k : found.hardest) hardest += (hardest.empty() ? "" : ", ") + words(names[k]);
    page.paragraph("Figures are means over attributes on the test part, of the last stage, with mean and standard deviation over seeds. "
                   "The hardest ten "
                   "attributes are those with the lowest balanced accuracy, the mean of all runs: " +
                   hardest + ".");
    page.paragraph(
        "p is two-sided, by flipping signs of paired differences: of persons, all seeds joined, which says whether these nets differ on "
        "other persons; and of seeds, which says whether the rules would differ in other trainings, and cannot be below 2 to the power of "
        "1 minus the number of seeds.");
    std::vector<std::string> told;
    for (auto const& row : found.rows)
        if (std::find(told.begin(), told.end(), row.stages) == told.end()) {
            told.push_back(row.stages);
            add_stages(page, row.stages, runs, found);
        }
    return page.html();
}
