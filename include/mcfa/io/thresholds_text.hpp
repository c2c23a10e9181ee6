// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/printable.hpp>

#include <charconv>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace mcfa::io {

/// Thresholds as a weights file has them: numbers with a blank between, whatever the locale.
inline std::string thresholds_text(std::span<double const> thresholds) {
    std::string text;
    for (double const t : thresholds) {
        char digits[32];
        text += text.empty() ? "" : " ";
        text.append(digits, std::to_chars(digits, digits + sizeof digits, t).ptr);
    }
    return text;
}

/// Reads that text, the value of a metadata key of the file at `path`. Returns an error for anything else than numbers from 0 to 1.
inline std::optional<file_error> read_thresholds(std::string_view text, std::string_view key, std::string const& path,
                                                 std::vector<double>& all) {
    for (char const *at = text.data(), *const end = at + text.size(); at != end;) {
        double t = 0;
        auto const read = std::from_chars(at, end, t);
        if (read.ec != std::errc() || !(t >= 0 && t <= 1) || (read.ptr != end && *read.ptr != ' '))
            return file_error(path, {"metadata ", key, " is ", mcfa::in_quotes(text), ", expected numbers from 0 to 1"});
        all.push_back(t);
        at = read.ptr == end ? end : read.ptr + 1;
    }
    return {};
}

} // namespace mcfa::io
