// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/geometry.hpp>
#include <mcfa/detect/json_lines.hpp>
#include <mcfa/io/json/json.hpp>

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace mcfa::detect {

/// A face that some detector found on a photo.
struct found_face {
    mcfa::box box;                 ///< photo pixels
    float score = 0;               ///< the higher, the surer; any unit
    std::vector<point> landmarks;  ///< left eye, right eye, nose, left and right mouth corner, photo pixels; or none
    std::vector<float> attributes; ///< probabilities in the order of the report's names; or none
};

/// The faces that another program found, by photo: a file with lines of
/// {"photo": NAME, "faces": [{"box": [left, top, width, height], "score": S, "landmarks": [[x, y], ...]}]}, landmarks if there are any.
/// Throws `annotation_error` for a line that is none of these, or the second of one photo; `file_error` if the file cannot be read.
inline std::map<std::string, std::vector<found_face>> read_found(std::filesystem::path const& path) {
    std::map<std::string, std::vector<found_face>> all;
    each_json_line(path, [&](io::json const& row) {
        auto const [entry, added] = all.try_emplace(row.at("photo").get<std::string>());
        if (!added) throw error("the photo has a line already");
        for (auto const& f : row.at("faces")) {
            found_face face;
            face.box = box_of_numbers(f.at("box"));
            face.score = finite_number(f.at("score"), "score");
            if (f.contains("landmarks"))
                for (auto const& p : f.at("landmarks"))
                    face.landmarks.push_back({finite_number(p.at(0), "x"), finite_number(p.at(1), "y")});
            entry->second.push_back(std::move(face));
        }
    });
    return all;
}

} // namespace mcfa::detect
