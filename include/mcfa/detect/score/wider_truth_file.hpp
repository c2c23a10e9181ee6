// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/detect/json_lines.hpp>
#include <mcfa/detect/score/wider_score.hpp>
#include <mcfa/io/json/json.hpp>

#include <cstddef>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace mcfa::detect {

/// A photo of WIDER FACE's validation part.
struct wider_photo {
    std::string file; ///< below Img/
    wider_truth truth;
};

/// Reads `truth.jsonl`: for each photo a line {"file": NAME, "boxes": [[left, top, width, height], ...], "easy": [0, 1, ...], "medium": [...],
/// "hard": [...]}, the three as long as `boxes`; other fields are left aside. Throws `annotation_error` for a line that is none of these;
/// `file_error` if the file cannot be read or has no line.
inline std::vector<wider_photo> read_wider_truth(std::filesystem::path const& path) {
    std::vector<wider_photo> all;
    each_json_line(path, [&](io::json const& row) {
        for (char const* field : {"file", "boxes", "easy", "medium", "hard"})
            if (!row.contains(field)) throw error({field, " is missing, expected file, boxes, easy, medium and hard"});
        wider_photo photo{row.at("file").get<std::string>(), {}};
        for (auto const& values : row.at("boxes")) photo.truth.boxes.push_back(box_of_numbers(values));
        for (std::size_t s = 0; s < wider_subsets.size(); ++s) {
            std::string const name(wider_subsets[s]);
            auto const& counted = row.at(name);
            if (counted.size() != photo.truth.boxes.size())
                throw error({name, " has ", counted.size(), " values for ", photo.truth.boxes.size(), " boxes"});
            for (auto const& value : counted) photo.truth.counted[s].push_back(value.get<int>() != 0);
        }
        all.push_back(std::move(photo));
    });
    if (all.empty()) throw file_error(path.string(), "has no photo");
    return all;
}

} // namespace mcfa::detect
