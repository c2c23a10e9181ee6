// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mcfa {

/// What each `*` of a pattern stands for in a name; nothing if the name does not match. A `*` stands for any characters, dots and none among
/// them, each but the last for as few as can be; every other character stands for itself.
inline std::optional<std::vector<std::string_view>> stars_of(std::string_view pattern, std::string_view name) {
    struct star {
        std::size_t pattern, first, end; ///< its place, and what it stands for
    };
    std::vector<star> stars;
    std::size_t p = 0, n = 0;
    while (n < name.size() || p < pattern.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            stars.push_back({p++, n, n});
        } else if (p < pattern.size() && n < name.size() && pattern[p] == name[n]) {
            ++p, ++n;
        } else if (!stars.empty() && stars.back().end < name.size()) { // the last star takes one more: the earlier ones need no second try
            p = stars.back().pattern + 1;
            n = ++stars.back().end;
        } else {
            return std::nullopt;
        }
    }
    std::vector<std::string_view> texts;
    for (star const& s : stars) texts.push_back(name.substr(s.first, s.end - s.first));
    return texts;
}

inline bool matches(std::string_view pattern, std::string_view name) { return stars_of(pattern, name).has_value(); }

/// A pattern with its stars replaced by these texts in turn; a star beyond the last text stays.
inline std::string with_stars(std::string_view pattern, std::vector<std::string_view> const& texts) {
    std::string name;
    std::size_t next = 0;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] == '*' && next < texts.size()) name += texts[next++];
        else name += pattern.substr(i, 1);
    }
    return name;
}

} // namespace mcfa
