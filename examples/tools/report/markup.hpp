// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace report {

/// A text as HTML and SVG hold it, also between quotes: & < > " ' escaped, control characters and bytes that are not UTF-8 as U+FFFD.
std::string escaped(std::string_view text);

/// Base64 of RFC 4648, with padding.
std::string base64(std::span<std::uint8_t const> bytes);

/// A number with the given digits after the point, whatever the locale; "-" for one that is not finite.
std::string number(double value, int digits = 3);

} // namespace report
