// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string_view>

namespace mcfa {

/// How many bytes the character at the beginning of a text takes, and whether it is one of UTF-8 (Unicode 15, table 3-7: no overlong
/// forms, no surrogates, at most U+10FFFF); if not, the bytes that could have begun one, at least 1. The text is not empty.
struct utf8_character {
    std::size_t bytes;
    bool valid;
};
constexpr utf8_character first_character(std::string_view text) {
    auto const byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    unsigned const lead = byte(0);
    if (lead < 0x80) return {1, true};
    if (lead < 0xc2 || lead > 0xf4) return {1, false};
    std::size_t const bytes = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    for (std::size_t i = 1; i < bytes; ++i) {
        unsigned const least = i > 1 ? 0x80 : lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
        unsigned const most = i > 1 ? 0xbf : lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
        if (i == text.size() || byte(i) < least || byte(i) > most) return {i, false};
    }
    return {bytes, true};
}

constexpr bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        auto const next = first_character(text);
        if (!next.valid) return false;
        text.remove_prefix(next.bytes);
    }
    return true;
}

} // namespace mcfa
