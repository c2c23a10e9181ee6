// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/utf8.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace mcfa {

/// Text from a file, a file's name or the system as it may stand on a terminal, on one line: control characters, marks that turn the
/// direction of writing, line separators and bytes that are not UTF-8 become escapes such as `\n` and `\x1b`. All other text stays as it is.
[[gnu::noinline]] inline std::string printable(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string shown;
    while (!text.empty()) {
        auto const next = first_character(text);
        auto const character = text.substr(0, next.bytes);
        auto const lead = static_cast<unsigned char>(character.front());
        bool const control = lead < 0x20 || lead == 0x7f || (lead == 0xc2 && character < "\xc2\xa0");
        bool const turns = (character >= "\u200e" && character <= "\u200f") || (character >= "\u2028" && character <= "\u202e") ||
                           (character >= "\u2066" && character <= "\u2069");
        if (next.valid && !control && !turns) {
            shown += character;
        } else if (lead == '\n' || lead == '\r' || lead == '\t') {
            shown += lead == '\n' ? "\\n" : lead == '\r' ? "\\r" : "\\t";
        } else {
            for (char const c : character) {
                auto const byte = static_cast<unsigned char>(c);
                shown += {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
            }
        }
        text.remove_prefix(next.bytes);
    }
    return shown;
}

/// The same in quotation marks, for a message; text of more than `longest` bytes is cut at a character and ends in "...".
[[gnu::noinline]] inline std::string in_quotes(std::string_view text, std::size_t longest = 60, char mark = '\'') {
    std::size_t end = text.size();
    if (end > longest) {
        end = longest;
        while (end > 0 && longest - end < 3 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end; // inside a character
    }
    std::string shown(1, mark);
    shown += printable(text.substr(0, end));
    if (end < text.size()) shown += "...";
    return shown += mark;
}

} // namespace mcfa
