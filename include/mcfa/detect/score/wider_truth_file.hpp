// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/read_file.hpp>
#include <mcfa/detect/score/found_faces.hpp>
#include <mcfa/detect/score/wider_score.hpp>
#include <mcfa/io/json/json.hpp>

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
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
    std::string const content = read_file(path);
    std::vector<wider_photo> all;
    long number = 0;
    for (std::string_view rest = content; !rest.empty();) {
        auto const end = rest.find('\n');
        auto const line = rest.substr(0, end);
        rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
        ++number;
        io::json_problem problem;
        auto const row = io::parse_json(line, problem);
        if (problem.what != io::json_problem::none) throw annotation_error(path.string(), number, {"not a line of JSON: ", problem.text});
        try {
            wider_photo photo{row.at("file").get<std::string>(), {}};
            for (auto const& values : row.at("boxes")) {
                if (values.size() != 4) throw error({"a box has ", values.size(), " numbers, expected left, top, width, height"});
                photo.truth.boxes.push_back({finite_number(values[0], "left"), finite_number(values[1], "top"),
                                             finite_number(values[2], "width"), finite_number(values[3], "height")});
            }
            for (std::size_t s = 0; s < wider_subsets.size(); ++s) {
                std::string const name(wider_subsets[s]);
                auto const& counted = row.at(name);
                if (counted.size() != photo.truth.boxes.size())
                    throw error({name, " has ", counted.size(), " values for ", photo.truth.boxes.size(), " boxes"});
                for (auto const& value : counted) photo.truth.counted[s].push_back(value.get<int>() != 0);
            }
            all.push_back(std::move(photo));
        } catch (io::json::exception const& e) {
            throw annotation_error(path.string(), number, {"expected file, boxes, easy, medium and hard: ", e.what()});
        } catch (annotation_error const&) {
            throw;
        } catch (error const& e) {
            throw annotation_error(path.string(), number, e.what());
        }
    }
    if (all.empty()) throw file_error(path.string(), "has no photo");
    return all;
}

} // namespace mcfa::detect
