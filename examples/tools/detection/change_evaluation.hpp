// SPDX-License-Identifier: MIT
#pragma once

#include "cascades/chosen_cascade.hpp"
#include "detection/wrong_faces.hpp"

#include <mcfa/core/random.hpp>
#include <mcfa/data/split.hpp>
#include <mcfa/detect/score/detection_score.hpp>
#include <mcfa/detect/score/landmark_error.hpp>
#include <mcfa/detect/score/photo_changes.hpp>
#include <mcfa/detect/score/scenes.hpp>
#include <mcfa/train/progress.hpp>

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdio>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// How many faces are found of a picture, and the sum of the landmark errors of those that are.
struct found_count {
    std::size_t found = 0, with_landmarks = 0;
    double landmark_error = 0;
};

/// Counts the picture's faces that a detector finds, at an intersection over union of 0.5; `wrong` takes the others.
inline void count_found(mcfa::detect::scene const& picture, face_finder const& find, found_count& count, wrong_faces& wrong) {
    std::vector<mcfa::box> boxes, truth;
    std::vector<float> scores;
    auto const faces = find(picture.photo);
    for (auto const& face : faces) boxes.push_back(face.box), scores.push_back(face.probability);
    for (auto const& known : picture.faces) truth.push_back(known.face.value());
    auto const verdicts = mcfa::detect::detection_score().add(boxes, scores, truth, picture.ignored);
    wrong.add(picture.photo, picture.name, boxes, scores, truth, verdicts);
    for (std::size_t i = 0; i < verdicts.size(); ++i) {
        if (verdicts[i] < 0) continue;
        ++count.found;
        auto const& known = picture.faces[static_cast<std::size_t>(verdicts[i])].landmarks;
        if (known.size() != 5) continue;
        std::vector<mcfa::point> const marks(faces[i].landmarks.begin(), faces[i].landmarks.end());
        count.landmark_error += mcfa::detect::landmark_error(marks, known);
        ++count.with_landmarks;
    }
}

/// The first `count` photos, in an order drawn from `seed`, whose face is found as they are; then how many of these faces are found with one
/// thing changed at a time, each that is not named by its change in `wrong`. Throws `mcfa::error` if none is found.
inline nlohmann::json evaluate_changes(mcfa::data::split const& photos, face_finder const& find, std::size_t count, mcfa::seed seed,
                                       wrong_faces& wrong) {
    std::vector<std::size_t> order(photos.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    mcfa::data::shuffle(order, {seed.value});
    std::vector<mcfa::detect::scene> pictures;
    wrong_faces unused(wrong.threshold());
    for (std::size_t const i : order) {
        if (pictures.size() == count) break;
        auto picture = mcfa::detect::single(photos, i);
        if (!picture.faces.front().face) continue;
        found_count unchanged;
        count_found(picture, find, unchanged, unused);
        if (unchanged.found == 1) pictures.push_back(std::move(picture));
    }
    if (pictures.empty()) throw mcfa::error("vary: no face is found on the photos as they are");
    auto const changes = mcfa::detect::photo_changes();
    nlohmann::json rows = nlohmann::json::array();
    mcfa::progress_bar bar("changes", changes.size(), stderr);
    for (auto const& change : changes) {
        found_count all;
        for (auto const& picture : pictures) {
            auto changed = change.apply(picture);
            changed.name = change.name;
            count_found(changed, find, all, wrong);
        }
        rows.push_back({{"change", change.name}, {"found", all.found}});
        rows.back()["nme"] =
            all.with_landmarks > 0 ? nlohmann::json(all.landmark_error / static_cast<double>(all.with_landmarks)) : nlohmann::json();
        bar.show(rows.size(), "");
    }
    return {{"faces", pictures.size()}, {"changes", std::move(rows)}};
}

inline void print_changes(nlohmann::json const& r) {
    std::printf("%d faces that are found as they are; found with one change:\n", r.at("faces").get<int>());
    for (auto const& row : r.at("changes")) {
        std::printf("%-38s %5d", row.at("change").get<std::string>().c_str(), row.at("found").get<int>());
        if (row.at("nme").is_number()) std::printf("   NME %.2f %%", 100 * row.at("nme").get<double>());
        std::printf("\n");
    }
}

/// A row for each change: its name, faces found of all, landmark error.
inline std::vector<std::vector<std::string>> change_rows(nlohmann::json const& r) {
    std::vector<std::vector<std::string>> rows;
    for (auto const& row : r.at("changes"))
        rows.push_back({row.at("change").get<std::string>(), row.at("found").dump() + " of " + r.at("faces").dump(),
                        row.at("nme").is_number() ? report::number(row.at("nme").get<double>(), 4) : "-"});
    return rows;
}
