// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/utf8.hpp>

#include <string>
#include <string_view>

namespace mcfa::io {

/// Text as JSON writes it: in quotes, control characters escaped, U+FFFD for what is not UTF-8. The same bytes as nlohmann-json gives, whose
/// printer writes any value and takes a program that only saves its weights longer to compile than all else that it does with files.
inline std::string json_quoted(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef", letters = "btn.fr"; // of the characters 8 to 13
    std::string quoted = "\"";
    while (!text.empty()) {
        auto const next = first_character(text);
        auto const code = static_cast<unsigned char>(text.front());
        if (!next.valid) {
            quoted += "\xef\xbf\xbd";
        } else if (code >= 8 && code <= 13 && code != 11) {
            quoted += '\\';
            quoted += letters[code - 8u];
        } else if (code < 0x20) {
            quoted += "\\u00";
            quoted += digits[code >> 4];
            quoted += digits[code & 15];
        } else {
            if (code == '"' || code == '\\') quoted += '\\';
            quoted += text.substr(0, next.bytes);
        }
        text.remove_prefix(next.bytes);
    }
    return quoted += '"';
}

} // namespace mcfa::io
