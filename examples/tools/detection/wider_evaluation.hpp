// SPDX-License-Identifier: MIT
#pragma once

#include "cascades/chosen_cascade.hpp"
#include "detection/detection_page.hpp"

#include <mcfa/detect/score/detection_score.hpp>
#include <mcfa/detect/score/wider_score.hpp>
#include <mcfa/detect/score/wider_truth_file.hpp>
#include <mcfa/image/read.hpp>
#include <mcfa/train/progress.hpp>

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

/// Figures of WIDER FACE's evaluation as JSON, and its curves by subset.
struct wider_result {
    nlohmann::json figures;
    std::vector<named_curve> curves;
};

/// Average precision and highest recall on WIDER FACE's three subsets, by name, and the number of photos. `folder` holds Img/ and truth.jsonl
/// (`mcfa::detect::read_wider_truth`); `most_photos`, if it is not 0, limits them to the first ones. find(file, photo) gives the
/// `mcfa::detect::found_face`s of a photo, of which box and score count. `wrong` takes what is missed of the easy subset, and the false alarms.
template <class Find>
wider_result evaluate_wider(std::filesystem::path const& folder, Find const& find, std::size_t most_photos, wrong_faces& wrong) {
    auto photos = mcfa::detect::read_wider_truth(folder / "truth.jsonl");
    if (most_photos > 0 && most_photos < photos.size()) photos.resize(most_photos);
    mcfa::detect::wider_score score;
    mcfa::progress_bar bar("photos", photos.size(), stderr);
    std::size_t done = 0;
    for (auto const& photo : photos) {
        std::vector<mcfa::box> boxes;
        std::vector<float> scores;
        auto const pixels = mcfa::image::read(folder / "Img" / photo.file);
        for (auto const& face : find(photo.file, pixels)) boxes.push_back(face.box), scores.push_back(face.score);
        score.add(boxes, scores, photo.truth);
        std::vector<mcfa::box> easy, others;
        for (std::size_t t = 0; t < photo.truth.boxes.size(); ++t)
            (photo.truth.counted[0][t] ? easy : others).push_back(photo.truth.boxes[t]);
        wrong.add(pixels, photo.file, boxes, scores, easy, mcfa::detect::detection_score().add(boxes, scores, easy, others));
        bar.show(++done, "");
    }
    wider_result result{{{"photos", photos.size()}, {"faces", score.boxes(2)}}, {}};
    for (std::size_t s = 0; s < mcfa::detect::wider_subsets.size(); ++s) {
        auto const figures = score.result(s);
        std::string const name(mcfa::detect::wider_subsets[s]);
        result.figures[name] = {{"ap", figures.average_precision}, {"recall", figures.recall}};
        result.curves.emplace_back(name, score.curve(s));
    }
    return result;
}

inline void print_wider(nlohmann::json const& r) {
    std::printf("%d photos\n%-8s %8s %8s\n", r.at("photos").get<int>(), "", "AP", "recall");
    for (std::string_view const name : mcfa::detect::wider_subsets) {
        auto const& subset = r.at(std::string(name));
        std::printf("%-8s %8.4f %8.4f\n", std::string(name).c_str(), subset.at("ap").get<double>(), subset.at("recall").get<double>());
    }
}

/// A row for each subset: name, average precision, highest recall.
inline std::vector<std::vector<std::string>> wider_rows(nlohmann::json const& r) {
    std::vector<std::vector<std::string>> rows;
    for (std::string_view const name : mcfa::detect::wider_subsets) {
        auto const& subset = r.at(std::string(name));
        rows.push_back(
            {std::string(name), report::number(subset.at("ap").get<double>(), 4), report::number(subset.at("recall").get<double>(), 4)});
    }
    return rows;
}
