// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/geometry.hpp>
#include <mcfa/detect/json_lines.hpp>
#include <mcfa/io/json/json.hpp>
#include <mcfa/task/label.hpp>

#include <cstddef>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace mcfa::detect {

/// A photo with any number of faces, in its pixels.
struct face_photo {
    std::filesystem::path file;
    std::vector<annotation> faces; ///< each with its box
    std::vector<box> ignored;      ///< where it is not known whether there are faces
};

/// Reads `truth.jsonl` of a folder whose photos lie below its `Img/`: for each photo a line {"file": NAME, "boxes": [[left, top, width, height], ...],
/// "invalid": [0, 1, ...]}. A box that is invalid, or has no area, is ignored; `invalid` may be left out, and other fields are left aside. Throws
/// `annotation_error` for a line that is none of these; `file_error` if the file cannot be read or has no line.
inline std::vector<face_photo> read_face_photos(std::filesystem::path const& folder) {
    std::vector<face_photo> all;
    auto const path = folder / "truth.jsonl";
    each_json_line(path, [&](io::json const& row) {
        for (char const* field : {"file", "boxes"})
            if (!row.contains(field)) throw error({field, " is missing, expected file and boxes"});
        face_photo photo{folder / "Img" / row.at("file").get<std::string>(), {}, {}};
        auto const& boxes = row.at("boxes");
        bool const judged = row.contains("invalid");
        if (judged && row.at("invalid").size() != boxes.size())
            throw error({"invalid has ", row.at("invalid").size(), " values for ", boxes.size(), " boxes"});
        for (std::size_t i = 0; i < boxes.size(); ++i) {
            box const face = box_of_numbers(boxes[i]);
            bool const invalid = judged && row.at("invalid")[i].get<int>() != 0;
            if (invalid || !(face.width > 0 && face.height > 0)) photo.ignored.push_back(face);
            else photo.faces.emplace_back().face = face;
        }
        all.push_back(std::move(photo));
    });
    if (all.empty()) throw file_error(path.string(), "has no photo");
    return all;
}

} // namespace mcfa::detect
