// SPDX-License-Identifier: MIT
#include "detection/detection_page.hpp"

#include "report/chart.hpp"
#include "report/markup.hpp"
#include "report/page.hpp"

namespace {

/// "12 faces were missed; the 5 largest of them".
std::string count_text(std::size_t all, std::size_t shown, std::string const& what, std::string const& order) {
    return std::to_string(all) + " " + what + (shown < all ? "; the " + std::to_string(shown) + " " + order + " of them" : "");
}

} // namespace

std::string detection_page(std::vector<std::string> const& facts, std::vector<std::string> const& headings,
                           std::vector<std::vector<std::string>> const& rows, std::vector<named_curve> const& curves,
                           wrong_faces const& wrong) {
    report::page page("Faces found");
    for (auto const& fact : facts) page.paragraph(fact);
    page.heading("Figures");
    page.table(headings, rows);
    std::vector<report::series> lines;
    for (auto const& [name, points] : curves) {
        report::series line{name, {}};
        for (auto const& point : points) line.points.emplace_back(point.recall, point.precision);
        if (!line.points.empty()) lines.push_back(std::move(line));
    }
    if (!lines.empty())
        page.chart(
            report::line_chart({.title = "Precision over recall", .x_label = "recall", .y_label = "precision", .width = 620}, lines));
    page.heading("Wrong at a probability of " + report::number(wrong.threshold(), 2));
    page.paragraph(
        "The largest faces that were missed, with the longer sides of their boxes, and the most probable false alarms, with their "
        "probabilities; where the pointer rests, the photo. A face without a label counts as a false alarm.");
    auto const missed = wrong.missed(), alarms = wrong.alarms();
    page.pictures(count_text(wrong.missed_count(), missed.size(), "faces missed", "largest"), missed);
    page.pictures(count_text(wrong.alarm_count(), alarms.size(), "false alarms", "most probable"), alarms);
    return page.html();
}
