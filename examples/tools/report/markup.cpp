// SPDX-License-Identifier: MIT
#include "report/markup.hpp"

#include <mcfa/core/utf8.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>

namespace report {

std::string escaped(std::string_view text) {
    std::string safe;
    while (!text.empty()) {
        auto const next = mcfa::first_character(text);
        auto const bytes = text.substr(0, next.bytes);
        text.remove_prefix(next.bytes);
        unsigned char const first = static_cast<unsigned char>(bytes[0]);
        bool const control = bytes.size() == 1 && (first < 0x20 || first == 0x7f) && first != '\n' && first != '\t';
        if (!next.valid || control) safe += "\xef\xbf\xbd";
        else if (bytes == "&") safe += "&amp;";
        else if (bytes == "<") safe += "&lt;";
        else if (bytes == ">") safe += "&gt;";
        else if (bytes == "\"") safe += "&quot;";
        else if (bytes == "'") safe += "&#39;";
        else safe += bytes;
    }
    return safe;
}

std::string base64(std::span<std::uint8_t const> bytes) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::size_t const count = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t word = 0;
        for (std::size_t k = 0; k < 3; ++k) word = word << 8 | (k < count ? bytes[i + k] : 0u);
        for (std::size_t k = 0; k < 4; ++k) text += k <= count ? digits[word >> (18 - 6 * k) & 63] : '=';
    }
    return text;
}

std::string number(double value, int digits) {
    if (!std::isfinite(value)) return "-";
    char text[64];
    auto const end = std::to_chars(text, text + sizeof text, value, std::chars_format::fixed, digits);
    std::string shown(text, end.ptr);
    if (shown[0] == '-' && shown.find_first_of("123456789") == std::string::npos) shown.erase(0, 1); // no minus before a zero
    return shown;
}

} // namespace report
