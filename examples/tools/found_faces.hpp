// SPDX-License-Identifier: MIT
#pragma once

#include "scenes.hpp"

#include <mcfa/core/error.hpp>
#include <mcfa/detect/score/detection_score.hpp>
#include <mcfa/zoo/mcfa.hpp>

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstddef>
#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <vector>

/// A face that some detector found.
struct found_face {
    mcfa::box box;
    float score = 0;
    std::vector<mcfa::point> landmarks; ///< five, or none
    std::vector<float> attributes;      ///< probabilities in the order of zoo::celeba_attributes, or none
};

template <class Prediction>
std::vector<float> attributes_of(Prediction const& p) {
    auto const all = p.template get<mcfa::zoo::celeba_attributes>();
    return {all.begin(), all.end()};
}

template <class Face>
found_face found_of(Face const& face) {
    return {face.box, face.probability, {face.landmarks.begin(), face.landmarks.end()}, attributes_of(face)};
}

/// Lines of {"photo": NAME, "faces": [{"box": [left, top, width, height], "score": S, "landmarks": [[x, y], ...]}]}, by name. Throws mcfa::annotation_error.
inline std::map<std::string, std::vector<found_face>> read_found(std::string const& path) {
    std::ifstream file(path);
    if (!file) throw mcfa::file_error(path, "cannot be opened");
    std::map<std::string, std::vector<found_face>> all;
    long number = 0;
    for (std::string line; std::getline(file, line);) {
        ++number;
        try {
            auto const row = nlohmann::json::parse(line);
            auto& faces = all[row.at("photo")];
            for (auto const& f : row.at("faces")) {
                found_face face;
                auto const& b = f.at("box");
                face.box = {b.at(0), b.at(1), b.at(2), b.at(3)};
                face.score = f.at("score");
                if (f.contains("landmarks"))
                    for (auto const& p : f.at("landmarks")) face.landmarks.push_back({p.at(0), p.at(1)});
                faces.push_back(std::move(face));
            }
        } catch (nlohmann::json::exception const& problem) {
            throw mcfa::annotation_error(path, number, problem.what());
        }
    }
    return all;
}

/// Figures of what was found on pictures whose faces are known.
class detection_report {
public:
    explicit detection_report(mcfa::attribute_table const& names) {
        for (auto const name : mcfa::zoo::celeba_attributes::names) places_.push_back(names.find(name));
        found_right_.resize(places_.size());
        given_right_ = labelled_ = found_right_;
    }

    /// `given(truth)` are a face's attributes by its own window; it may be empty where nothing names attributes.
    void add(scene const& picture, std::vector<found_face> const& found,
             std::function<std::vector<float>(mcfa::annotation const&)> const& given) {
        std::vector<mcfa::box> boxes, truth;
        std::vector<float> scores;
        for (auto const& f : found) boxes.push_back(f.box), scores.push_back(f.score);
        for (auto const& t : picture.faces) truth.push_back(*t.face);
        auto const verdicts = score_.add(boxes, scores, truth, picture.ignored);
        std::vector<nlohmann::json> rows;
        for (std::size_t t = 0; t < truth.size(); ++t)
            rows.push_back({{"photo", picture.name}, {"face", t}, {"side", std::max(truth[t].width, truth[t].height)}, {"found", false}});
        for (std::size_t i = 0; i < found.size(); ++i) {
            if (verdicts[i] < 0) continue;
            auto const t = static_cast<std::size_t>(verdicts[i]);
            auto& row = rows[t];
            row["found"] = true;
            row["score"] = found[i].score;
            row["iou"] = mcfa::iou(boxes[i], truth[t]);
            if (found[i].landmarks.size() == 5 && picture.faces[t].landmarks.size() == 5) {
                double const error = landmark_error(found[i].landmarks, picture.faces[t].landmarks);
                row["nme"] = error;
                nme_ += error, ++with_landmarks_;
            }
            if (!found[i].attributes.empty() && given) count_attributes(found[i].attributes, given(picture.faces[t]), picture.faces[t]);
        }
        details_.insert(details_.end(), rows.begin(), rows.end());
    }

    nlohmann::json result() const {
        nlohmann::json r{{"photos", score_.photos()},
                         {"faces", score_.faces()},
                         {"ap", score_.average_precision()},
                         {"recall", score_.recall_at(score_.photos() > 0 ? (score_.photos() - 1) / 10 : 0)},
                         {"recall_without_false_alarms", score_.recall_at(0)}};
        if (with_landmarks_ > 0) r["nme"] = nme_ / static_cast<double>(with_landmarks_), r["faces_with_landmarks"] = with_landmarks_;
        double found = 0, given = 0, count = 0;
        for (std::size_t k = 0; k < labelled_.size(); ++k)
            if (labelled_[k] > 0) found += found_right_[k] / labelled_[k], given += given_right_[k] / labelled_[k], ++count;
        if (count > 0) r["mean_accuracy"] = found / count, r["mean_accuracy_given_windows"] = given / count;
        return r;
    }

    /// A line of JSON for each true face: found or not, and how well. Throws mcfa::file_error.
    void write_details(std::string const& path) const {
        std::ofstream out(path);
        for (auto const& row : details_) out << row.dump() << "\n";
        if (!out.flush()) throw mcfa::file_error(path, "cannot be written");
    }

private:
    /// Mean distance of the five points over the true distance between the eyes.
    static double landmark_error(std::vector<mcfa::point> const& found, std::vector<mcfa::point> const& truth) {
        auto const distance = [](mcfa::point a, mcfa::point b) { return static_cast<double>(std::hypot(a.x - b.x, a.y - b.y)); };
        double sum = 0;
        for (std::size_t i = 0; i < 5; ++i) sum += distance(found[i], truth[i]) / 5;
        return sum / distance(truth[0], truth[1]);
    }

    void count_attributes(std::vector<float> const& found, std::vector<float> const& given, mcfa::annotation const& truth) {
        for (std::size_t k = 0; k < places_.size(); ++k) {
            if (places_[k] < 0 || truth.attributes.empty()) continue;
            int const label = truth.attributes[static_cast<std::size_t>(places_[k])];
            if (label == 0) continue;
            labelled_[k] += 1;
            found_right_[k] += (found[k] > 0.5f) == (label > 0);
            given_right_[k] += (given[k] > 0.5f) == (label > 0);
        }
    }

    mcfa::detect::detection_score score_;
    std::vector<int> places_; ///< of our attributes among the data's
    std::vector<double> found_right_, given_right_, labelled_;
    std::vector<nlohmann::json> details_;
    double nme_ = 0;
    std::size_t with_landmarks_ = 0;
};
