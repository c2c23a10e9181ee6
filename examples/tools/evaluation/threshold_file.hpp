// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/printable.hpp>
#include <mcfa/core/read_file.hpp>

#include <charconv>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Thresholds of attributes as a text: a line for each, its name and the number.
inline std::string threshold_lines(std::span<std::string const> names, std::span<double const> thresholds) {
    std::string text;
    for (std::size_t k = 0; k < names.size(); ++k) {
        char digits[32];
        text.append(names[k]).append(" ");
        text.append(digits, std::to_chars(digits, digits + sizeof digits, thresholds[k]).ptr).append("\n");
    }
    return text;
}

/// Reads that text, in any order of its lines; the result is in the order of `names`. Throws mcfa::annotation_error for a line that is not a known name and a
/// number from 0 to 1, and for a name that occurs twice or not at all; mcfa::file_error if the file cannot be read.
inline std::vector<double> read_thresholds(std::string const& path, std::span<std::string_view const> names) {
    std::string const content = mcfa::read_file(path);
    std::vector<double> thresholds(names.size(), -1);
    long line = 0;
    for (std::string_view rest = content; !rest.empty();) {
        auto const end = rest.find('\n');
        auto const text = rest.substr(0, end);
        rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
        ++line;
        auto const blank = text.find(' ');
        auto const name = text.substr(0, blank), digits = blank == std::string_view::npos ? std::string_view() : text.substr(blank + 1);
        std::size_t k = 0;
        while (k < names.size() && names[k] != name) ++k;
        if (k == names.size()) throw mcfa::annotation_error(path, line, {mcfa::in_quotes(name), " is no attribute of the net"});
        if (thresholds[k] >= 0) throw mcfa::annotation_error(path, line, {names[k], " occurs twice"});
        double value = -1;
        auto const read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        if (read.ec != std::errc() || read.ptr != digits.data() + digits.size() || !(value >= 0 && value <= 1))
            throw mcfa::annotation_error(path, line, {"expected a number from 0 to 1 for ", names[k], ", found ", mcfa::in_quotes(digits)});
        thresholds[k] = value;
    }
    for (std::size_t k = 0; k < names.size(); ++k)
        if (thresholds[k] < 0) throw mcfa::annotation_error(path, line, {"the file ends without ", names[k]});
    return thresholds;
}
