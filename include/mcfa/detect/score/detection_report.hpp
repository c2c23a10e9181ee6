// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/geometry.hpp>
#include <mcfa/detect/score/detection_score.hpp>
#include <mcfa/detect/score/found_faces.hpp>
#include <mcfa/detect/score/landmark_error.hpp>
#include <mcfa/detect/score/scenes.hpp>
#include <mcfa/io/json/json.hpp>
#include <mcfa/task/label.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mcfa::detect {

/// Figures of what a detector found on pictures whose faces are known: average precision, recall, landmarks and attributes.
///
///     detect::detection_report report(*faces.source().attributes(), look::names);
///     for (...) report.add(picture, found, {});
///     std::puts(report.result().dump(2).c_str());
class detection_report {
public:
    /// `data` names the attributes of the pictures' annotations, `names` those of `found_face::attributes`, in their order. Attributes that
    /// the data does not have are left out.
    detection_report(attribute_table const& data, std::span<std::string_view const> names) {
        for (auto const name : names) column_.push_back(data.find(name));
        right_found_.resize(column_.size());
        right_given_ = labelled_ = right_found_;
    }

    /// One picture. `given(truth)` returns the attributes that the net sees in a face's true window, against which those of the found window
    /// are compared; without it attributes do not count. Returns `detection_score::add`'s verdict of each found face. Throws `shape_error` if
    /// a found face has another number of attributes than names.
    std::vector<int> add(scene const& picture, std::vector<found_face> const& found,
                         std::function<std::vector<float>(annotation const&)> const& given) {
        std::vector<box> boxes, truth;
        std::vector<float> scores;
        for (auto const& f : found) boxes.push_back(f.box), scores.push_back(f.score);
        for (auto const& t : picture.faces) truth.push_back(t.face.value());
        auto verdicts = score_.add(boxes, scores, truth, picture.ignored);
        std::vector<io::json> rows;
        for (std::size_t t = 0; t < truth.size(); ++t)
            rows.push_back({{"photo", picture.name}, {"face", t}, {"side", std::max(truth[t].width, truth[t].height)}, {"found", false}});
        for (std::size_t i = 0; i < found.size(); ++i) {
            if (verdicts[i] < 0) continue;
            std::size_t const t = verdicts[i];
            auto& row = rows[t];
            row["found"] = true;
            row["score"] = found[i].score;
            row["iou"] = iou(boxes[i], truth[t]);
            if (found[i].landmarks.size() == 5 && picture.faces[t].landmarks.size() == 5) {
                double const error = landmark_error(found[i].landmarks, picture.faces[t].landmarks);
                row["nme"] = error;
                landmark_errors_ += error;
                ++with_landmarks_;
            }
            if (!found[i].attributes.empty() && given) count_attributes(found[i].attributes, given(picture.faces[t]), picture.faces[t]);
        }
        details_.insert(details_.end(), rows.begin(), rows.end());
        return verdicts;
    }

    detection_score const& score() const { return score_; }

    /// `photos`, `faces`, `ap` (average precision at an intersection over union of 0.5), `recall` (with less than one false alarm in ten
    /// photos), `recall_without_false_alarms`, all 0 to 1; `nme` (mean landmark error over the distance between the eyes) and
    /// `faces_with_landmarks`, `mean_accuracy` and `mean_accuracy_given_windows`. What was not measured is null or left out.
    io::json result() const {
        bool const measured = score_.faces() > 0;
        auto const figure = [measured](double value) { return measured ? io::json(value) : io::json(); };
        io::json r{{"photos", score_.photos()},
                   {"faces", score_.faces()},
                   {"ap", figure(score_.average_precision())},
                   {"recall", figure(score_.recall_at(score_.photos() > 0 ? (score_.photos() - 1) / 10 : 0))},
                   {"recall_without_false_alarms", figure(score_.recall_at(0))}};
        if (with_landmarks_ > 0) {
            r["nme"] = landmark_errors_ / static_cast<double>(with_landmarks_);
            r["faces_with_landmarks"] = with_landmarks_;
        }
        double found = 0, given = 0, count = 0;
        for (std::size_t k = 0; k < labelled_.size(); ++k)
            if (labelled_[k] > 0) found += right_found_[k] / labelled_[k], given += right_given_[k] / labelled_[k], ++count;
        if (count > 0) {
            r["mean_accuracy"] = found / count;
            r["mean_accuracy_given_windows"] = given / count;
        }
        return r;
    }

    /// A line of JSON for each true face so far: found or not, and how well.
    std::string details() const {
        std::string lines;
        for (auto const& row : details_) lines += io::json_text(row) + "\n";
        return lines;
    }

private:
    void count_attributes(std::vector<float> const& found, std::vector<float> const& given, annotation const& truth) {
        if (found.size() != column_.size() || given.size() != column_.size())
            throw shape_error(
                {"detection report: ", found.size(), " and ", given.size(), " attributes of a face, expected ", column_.size()});
        for (std::size_t k = 0; k < column_.size(); ++k) {
            if (column_[k] < 0 || truth.attributes.empty()) continue;
            int const label = truth.attributes[column_[k]];
            if (label == 0) continue;
            labelled_[k] += 1;
            right_found_[k] += (found[k] > 0.5f) == (label > 0);
            right_given_[k] += (given[k] > 0.5f) == (label > 0);
        }
    }

    detection_score score_;
    std::vector<int> column_;                                  ///< of each name among the data's attributes, or -1
    std::vector<double> right_found_, right_given_, labelled_; ///< faces, by name
    std::vector<io::json> details_;
    double landmark_errors_ = 0;
    std::size_t with_landmarks_ = 0;
};

} // namespace mcfa::detect
