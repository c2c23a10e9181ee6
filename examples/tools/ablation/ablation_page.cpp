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

std::string percent(spread const& s) {
    return report::number(100 * s.mean, 2) + (std::isfinite(s.deviation) ? " ± " + report::number(100 * s.deviation, 2) : "");
}

std::string signed_percent(double gain) { return (gain > 0 ? "+" : "") + report::number(100 * gain, 2); }

/// The mean over seeds of a figure by epoch, a line a rule.
std::string curves(std::vector<run_answers> const& runs, std::vector<compared_rule> const& rows, std::string const& title,
                   std::vector<double> run_answers::* figure) {
    std::vector<report::series> lines;
    double low = std::numeric_limits<double>::infinity(), high = -low;
    std::size_t longest = 1;
    for (auto const& row : rows) {
        std::vector<double> sums, counts;
        for (auto const& run : runs) {
            if (run.stages != row.stages || run.tasks != row.tasks || run.rule != row.rule) continue;
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
                         .y_high = high + 0.05 * (high - low),
                         .width = 540};
    return report::line_chart(a, lines);
}

std::string words(std::string name) {
    std::replace(name.begin(), name.end(), '_', ' ');
    return name;
}

void add_figures(report::page& page, std::vector<compared_rule> const& rows, bool against_single) {
    std::vector<std::string> headings{"rule", "accuracy %", "balanced %", "F1 %", "hardest ten %"};
    if (against_single) headings.insert(headings.end(), {"Δm F1 %", "Δm balanced %"});
    headings.insert(headings.end(), {"effective attributes", "conflicts %", "s to train"});
    std::vector<std::vector<std::string>> figures;
    for (auto const& row : rows) {
        std::vector<std::string> cells{row.rule, percent(row.accuracy), percent(row.balanced), percent(row.f1), percent(row.hardest)};
        if (against_single) cells.insert(cells.end(), {percent(row.f1_loss), percent(row.balanced_loss)});
        cells.insert(cells.end(),
                     {report::number(row.effective, 1), report::number(100 * row.conflicts, 1), report::number(row.seconds, 0)});
        figures.push_back(std::move(cells));
    }
    page.table(headings, figures);
}

/// Differences from the first of the rows, and their p.
void add_differences(report::page& page, std::string const& of_what, std::vector<compared_rule> const& rows) {
    std::vector<std::vector<std::string>> tests;
    for (auto const& row : rows)
        if (&row != &rows.front())
            tests.push_back({row.rule, signed_percent(row.accuracy_gain), report::number(row.accuracy_p, 4),
                             report::number(row.accuracy_p_of_seeds, 2), signed_percent(row.hardest_gain), report::number(row.hardest_p, 4),
                             report::number(row.hardest_p_of_seeds, 2)});
    if (tests.empty()) return;
    page.subheading("Differences from " + rows.front().rule + ", in percentage points");
    page.table({of_what, "accuracy", "p persons", "p seeds", "hardest ten", "p persons", "p seeds"}, tests);
}

void add_net(report::page& page, std::vector<compared_rule> const& rows, std::vector<run_answers> const& runs, bool against_single) {
    page.heading("Stages " + net_title(rows.front().stages, rows.front().tasks));
    add_figures(page, rows, against_single);
    add_differences(page, "rule", rows);
    page.charts({curves(runs, rows, "validation loss of the attributes", &run_answers::validation_loss),
                 curves(runs, rows, "attributes that the weights train", &run_answers::effective),
                 curves(runs, rows, "share of pairs of gradients in conflict", &run_answers::conflicts)});
}

/// The parts of `rows` that have the same stages and tasks, in their order.
std::vector<std::vector<compared_rule>> by_net(std::vector<compared_rule> const& rows) {
    std::vector<std::vector<compared_rule>> parts;
    for (auto const& row : rows) {
        auto const part =
            std::ranges::find_if(parts, [&](auto const& p) { return p.front().stages == row.stages && p.front().tasks == row.tasks; });
        if (part == parts.end()) parts.push_back({row});
        else part->push_back(row);
    }
    return parts;
}

/// F1 of each attribute that has a single-task net, beside what the rules reach.
void add_singles(report::page& page, single_tasks const& single, std::vector<compared_rule> const& rows,
                 std::vector<std::string> const& names) {
    page.subheading("F1 % by attribute, stages " + single.stages);
    std::vector<std::string> headings{"attribute", "single-task"};
    for (auto const& row : rows)
        if (row.stages == single.stages) headings.push_back(row.rule + (row.tasks == "all" ? "" : "\nattributes alone"));
    std::vector<std::vector<std::string>> cells;
    for (std::size_t k = 0; k < names.size(); ++k) {
        if (std::isnan(single.f1_of[k])) continue;
        cells.push_back({words(names[k]), report::number(100 * single.f1_of[k], 1)});
        for (auto const& row : rows)
            if (row.stages == single.stages) cells.back().push_back(report::number(100 * row.f1_of[k], 1));
    }
    page.table(headings, cells);
}

} // namespace

std::string ablation_page(std::vector<std::string> const& facts, std::vector<run_answers> const& runs, comparison const& found,
                          std::vector<std::string> const& names) {
    report::page page("Ablation of weighting rules");
    for (auto const& fact : facts) page.paragraph(fact);
    std::string hardest;
    for (std::size_t const k : found.hardest) hardest += (hardest.empty() ? "" : ", ") + words(names[k]);
    page.paragraph("Figures are means over attributes on the test part, of the last stage, with mean and standard deviation over seeds. "
                   "The hardest ten attributes are those with the lowest balanced accuracy, the mean of all runs: " +
                   hardest + ".");
    page.paragraph(
        "Effective attributes: how many the weights train, all of them by equal weights. Conflicts: the share of pairs of attributes "
        "whose gradients at the last stage's feature point apart. Both are those of the last epoch.");
    page.paragraph(
        "p is two-sided, by flipping signs of paired differences: of persons, all seeds joined, which says whether these nets differ on "
        "other persons; and of seeds, which says whether the rules would differ in other trainings, and cannot be below 2 to the power of "
        "1 minus the number of seeds.");
    if (!found.singles.empty())
        page.paragraph(
            "Δm is the relative loss against single-task nets of the same stages: the mean over attributes of (B - M) / B, M the "
            "rule's figure of the attribute and B that of its single-task net, the mean over seeds. Above 0 the single-task nets "
            "are better. Attributes without a single-task net, or with one whose figure is 0, do not count.");
    auto const nets = by_net(found.rows);
    if (nets.size() > 1) {
        page.heading("Stages and tasks");
        for (auto const& rule : by_net(compare_nets(runs).rows)) {
            page.subheading("By " + rule.front().stages);
            std::vector<std::vector<std::string>> figures;
            for (auto const& row : rule)
                figures.push_back({row.rule, percent(row.accuracy), percent(row.balanced), percent(row.f1), percent(row.hardest),
                                   report::number(row.seconds, 0)});
            page.table({"net", "accuracy %", "balanced %", "F1 %", "hardest ten %", "s to train"}, figures);
            add_differences(page, "net", rule);
        }
    }
    for (auto const& rows : nets) {
        bool const single = std::ranges::find(found.singles, rows.front().stages, &single_tasks::stages) != found.singles.end();
        add_net(page, rows, runs, single);
    }
    if (!found.singles.empty()) page.heading("Single-task nets");
    for (auto const& single : found.singles) add_singles(page, single, found.rows, names);
    return page.html();
}
