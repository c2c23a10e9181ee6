// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/geometry.hpp>
#include <mcfa/core/read_file.hpp>
#include <mcfa/io/json/json.hpp>

#include <cmath>
#include <filesystem>
#include <string>
#include <string_view>

namespace mcfa::detect {

/// Calls `take(row)` for each line of a file of JSON lines. Throws `file_error` if the file cannot be read, and `annotation_error` with the line's
/// number for a line that is not JSON or that `take` refuses by an `error` or an exception of `io::json`.
template <class Take>
void each_json_line(std::filesystem::path const& path, Take take) {
    std::string const content = read_file(path);
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
            take(row);
        } catch (io::json::exception const& other) {
            throw annotation_error(path.string(), number, other.what());
        } catch (error const& other) {
            throw annotation_error(path.string(), number, other.what());
        }
    }
}

/// A number of such a line. Throws `error` if it is not finite as a float.
inline float finite_number(io::json const& value, char const* what) {
    auto const number = value.get<float>();
    if (!std::isfinite(number)) throw error({what, " is not a finite number"});
    return number;
}

/// A box as four numbers: left, top, width, height. Throws `error` for anything else.
inline box box_of_numbers(io::json const& values) {
    if (values.size() != 4) throw error({"a box has ", values.size(), " numbers, expected left, top, width, height"});
    return {finite_number(values[0], "left"), finite_number(values[1], "top"), finite_number(values[2], "width"),
            finite_number(values[3], "height")};
}

} // namespace mcfa::detect
