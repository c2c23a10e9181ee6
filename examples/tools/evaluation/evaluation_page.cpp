// SPDX-License-Identifier: MIT
#include "evaluation/evaluation_page.hpp"

#include "report/chart.hpp"
#include "report/face_picture.hpp"
#include "report/markup.hpp"
#include "report/page.hpp"

#include <mcfa/score/calibration.hpp>
#include <mcfa/score/precision_recall.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <utility>
#include <vector>

using figure_of = mcfa::score::attribute_figure;

namespace {

std::string words(std::string name) {
    std::replace(name.begin(), name.end(), '_', ' ');
    return name;
}

std::string interval_text(mcfa::score::interval of) {
    return std::isnan(of.low) ? "-" : report::number(of.low) + " to " + report::number(of.high);
}
std::string with_interval(double value, mcfa::score::interval of) {
    std::string text = report::number(value);
    if (!std::isnan(of.low)) text.append("\n").append(interval_text(of));
    return text;
}

void add_means(report::page& page, evaluation const& e) {
    std::vector<std::pair<char const*, figure_of::place>> figures{
        {"accuracy", figure_of::accuracy},
        {"accuracy of always naming the more frequent class", figure_of::baseline_accuracy},
        {"balanced accuracy", figure_of::balanced_accuracy},
        {"recall of the positive class", figure_of::recall},
        {"F1 of the positive class", figure_of::f1},
        {"average precision", figure_of::average_precision},
        {"share of faces with an impossible combination", figure_of::impossible}};
    if (!e.thresholds.empty()) {
        figures.insert(figures.end(), {{"accuracy at the thresholds", figure_of::accuracy_at_threshold},
                                       {"balanced accuracy at the thresholds", figure_of::balanced_accuracy_at_threshold},
                                       {"F1 at the thresholds", figure_of::f1_at_threshold},
                                       {"impossible combinations at the thresholds", figure_of::impossible_at_threshold}});
    }
    std::vector<std::vector<std::string>> rows;
    for (auto const& [name, f] : figures) rows.push_back({name, report::number(e.rows.back()[f], 4), interval_text(e.intervals.back()[f])});
    rows.push_back({"share of faces labelled with an impossible combination", report::number(e.impossible_labels, 4), ""});
    rows.push_back(
        {"landmark error over the distance between the eyes", report::number(e.landmark_error, 4), interval_text(e.landmark_interval)});
    page.heading("Means");
    page.table({"figure", "value", "95 % interval"}, rows);
}

void add_attributes(report::page& page, evaluation const& e) {
    std::vector<std::string> headings{"attribute", "faces", "positive", "majority", "accuracy", "balanced", "recall", "F1", "AP"};
    if (!e.thresholds.empty()) headings.insert(headings.end(), {"threshold", "balanced at it", "F1 at it"});
    auto const row_of = [&](std::size_t k) {
        auto const& row = e.rows[k];
        auto const& between = e.intervals[k];
        std::vector<std::string> cells;
        for (auto const f :
             {figure_of::accuracy, figure_of::balanced_accuracy, figure_of::recall, figure_of::f1, figure_of::average_precision})
            cells.push_back(with_interval(row[f], between[f]));
        cells.insert(cells.begin(), report::number(row[figure_of::baseline_accuracy]));
        if (e.thresholds.empty()) return cells;
        cells.push_back(k < e.thresholds.size() ? report::number(e.thresholds[k]) : "");
        cells.push_back(with_interval(row[figure_of::balanced_accuracy_at_threshold], between[figure_of::balanced_accuracy_at_threshold]));
        cells.push_back(with_interval(row[figure_of::f1_at_threshold], between[figure_of::f1_at_threshold]));
        return cells;
    };
    std::vector<std::vector<std::string>> rows;
    for (std::size_t k = 0; k <= e.names.size(); ++k) {
        bool const mean = k == e.names.size();
        if (!mean && e.labelled[k] == 0) continue;
        auto cells = row_of(k);
        auto const share =
            mean ? mcfa::not_measured : mcfa::measured_ratio(static_cast<double>(e.positives[k]), static_cast<double>(e.labelled[k]));
        cells.insert(cells.begin(),
                     {mean ? "mean" : words(e.names[k]), mean ? "" : std::to_string(e.labelled[k]), mean ? "" : report::number(share)});
        rows.push_back(std::move(cells));
    }
    page.heading("Attributes");
    if (auto const without = std::ranges::count(e.labelled, std::size_t{0}); without > 0)
        page.paragraph("No face has a label for " + std::to_string(without) + " of the " + std::to_string(e.names.size()) +
                       " attributes, which are left out.");
    page.table(headings, rows, 1);
    std::vector<report::whisker> whiskers;
    double least = 1;
    for (std::size_t k = 0; k < e.names.size(); ++k) {
        if (e.labelled[k] == 0) continue;
        auto const of = e.intervals[k][figure_of::accuracy];
        whiskers.push_back({words(e.names[k]), e.rows[k][figure_of::accuracy], of.low, of.high, e.rows[k][figure_of::baseline_accuracy]});
        for (double const value : {whiskers.back().value, of.low, whiskers.back().reference})
            if (std::isfinite(value)) least = std::min(least, value);
    }
    if (!whiskers.empty())
        page.chart(report::whisker_chart({.title = "Accuracy (dot, 95 % interval) and that of the majority class (stroke)",
                                          .x_label = "accuracy",
                                          .x_low = std::max(0.0, std::floor(least * 10) / 10),
                                          .width = 760},
                                         whiskers));
}

void add_landmarks(report::page& page, judged_faces const& faces) {
    if (faces.landmarks.empty()) return;
    std::vector<double> errors;
    for (auto const& one : faces.landmarks) errors.push_back(one.error);
    std::sort(errors.begin(), errors.end());
    report::series curve{"", {{0, 0}}};
    auto const count = static_cast<double>(errors.size());
    for (std::size_t i = 0; i < errors.size(); ++i) curve.points.emplace_back(errors[i], static_cast<double>(i + 1) / count);
    double const right = std::clamp(std::ceil(errors[errors.size() * 98 / 100] * 20) / 20, 0.05, 1.0);
    std::erase_if(curve.points, [right](auto const& p) { return p.first > right; });
    page.heading("Landmarks");
    auto const within = [&](double most) {
        return report::number(100 * static_cast<double>(std::upper_bound(errors.begin(), errors.end(), most) - errors.begin()) / count, 1);
    };
    page.paragraph("Mean distance of the five points from their places, over the distance between the eyes. Of " +
                   std::to_string(errors.size()) + " faces " + within(0.05) + " % have at most 0.05, " + within(0.1) +
                   " % at most 0.1; the median is " + report::number(errors[errors.size() / 2]) + ".");
    page.chart(report::line_chart({.title = "Share of faces with at most this error",
                                   .x_label = "error over the distance between the eyes",
                                   .y_label = "share of faces",
                                   .x_high = right,
                                   .width = 620},
                                  {curve}));
}

/// Cuts the faces of a strip out of their photos.
class strips {
public:
    strips(judged_faces const& faces, mcfa::data::dataset const& photos) : faces_(faces), photos_(photos) {}

    std::vector<report::thumbnail> operator()(std::vector<mcfa::score::ranked_sample> const& samples) {
        std::vector<report::thumbnail> row;
        for (auto const& sample : samples) {
            std::size_t const photo = faces_.photos[sample.face];
            try {
                auto const loaded = photos_.load(photo);
                row.push_back({report::face_picture(loaded.photo, loaded.truth.face.value()), report::number(sample.probability, 3),
                               std::filesystem::path(photos_.name(photo)).filename().string()});
            } catch (mcfa::file_error const&) { // it could be read when it was judged, and is gone since
            }
        }
        return row;
    }

private:
    judged_faces const& faces_;
    mcfa::data::dataset const& photos_;
};

void add_curves(report::page& page, evaluation const& e, judged_faces const& faces, mcfa::data::dataset const& photos) {
    constexpr std::size_t most_pictures = 8;
    strips pictures(faces, photos);
    page.heading("Curves and errors of each attribute");
    page.paragraph(
        "Left: precision over recall; the dot is a probability of 0.5. Right: share of positive faces over the mean probability that the "
        "net gives, in ten bins; the diagonal is a net that is as sure as it is right. Below: the faces on which the net was wrong "
        "and most certain, with its probability. A label may be wrong too.");
    for (std::size_t k = 0; k < e.names.size(); ++k) {
        if (e.labelled[k] == 0) continue;
        auto const column = mcfa::score::ranked_column(faces.attributes, k);
        report::series precision{"", {}}, half{"", {}, true, false}, calibration{"", {}, true};
        for (auto const& point : mcfa::score::precision_recall_curve(column)) {
            precision.points.emplace_back(point.recall, point.precision);
            if (point.threshold > 0.5) half.points = {{point.recall, point.precision}};
        }
        for (auto const& bin : mcfa::score::calibration_curve(column)) calibration.points.emplace_back(bin.probability, bin.positive);
        page.subheading(words(e.names[k]));
        std::vector<std::string> charts;
        if (!precision.points.empty())
            charts.push_back(report::line_chart({.title = "average precision " + report::number(e.rows[k][figure_of::average_precision]),
                                                 .x_label = "recall",
                                                 .y_label = "precision",
                                                 .height = 270},
                                                {precision, half}));
        charts.push_back(report::line_chart(
            {.title = "calibration", .x_label = "probability", .y_label = "share positive", .diagonal = true, .height = 270},
            {calibration}));
        page.charts(charts);
        std::vector<mcfa::score::ranked_sample> wrongly_said, missed;
        for (auto const& sample : column)
            if (!sample.positive && sample.probability > 0.5f && wrongly_said.size() < most_pictures) wrongly_said.push_back(sample);
        for (std::size_t i = column.size(); i-- > 0;)
            if (column[i].positive && !(column[i].probability > 0.5f) && missed.size() < most_pictures) missed.push_back(column[i]);
        if (!wrongly_said.empty()) page.pictures("said, and labelled otherwise", pictures(wrongly_said));
        if (!missed.empty()) page.pictures("not said, though labelled", pictures(missed));
    }
}

} // namespace

std::string evaluation_page(std::string const& title, std::string const& facts, evaluation const& e, judged_faces const& faces,
                            mcfa::data::dataset const& photos) {
    report::page page(title);
    page.paragraph(facts);
    page.paragraph("Intervals are those of a bootstrap over " +
                   (e.persons > 0 ? std::to_string(e.persons) + " persons, of whom all photos come and go together."
                                  : std::to_string(e.groups) + " photos, whose persons are not known.") +
                   " What no face supports is \"-\".");
    add_means(page, e);
    add_attributes(page, e);
    add_landmarks(page, faces);
    add_curves(page, e, faces, photos);
    return page.html();
}
