// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/read_file.hpp>
#include <mcfa/image/codec/jpeg.hpp>
#include <mcfa/image/codec/limits.hpp>
#include <mcfa/image/codec/png.hpp>
#include <mcfa/image/image.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace mcfa::image {

/// What a file seems to be that is neither JPEG nor PNG, for a message that helps.
[[gnu::cold]] inline std::string describe_stranger(std::span<std::uint8_t const> bytes) {
    std::string head(reinterpret_cast<char const*>(bytes.data()), std::min<std::size_t>(bytes.size(), 512));
    if (head.starts_with("\xef\xbb\xbf")) head.erase(0, 3); // UTF-8 byte order mark
    std::string lower = head;
    for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    lower.erase(0, std::min(lower.find_first_not_of(" \t\r\n"), lower.size()));
    if (lower.starts_with("<!doctype html") || lower.find("<html") != std::string::npos)
        return "an HTML page, not a photo; a download server may have answered with a page instead of the file";
    if (std::ranges::all_of(head, [](unsigned char c) { return (c >= 32 && c < 127) || (c >= 9 && c <= 13); })) return "text, not a photo";
    std::string shown;
    constexpr char digits[] = "0123456789abcdef";
    for (auto byte : bytes.first(std::min<std::size_t>(bytes.size(), 8))) shown += {' ', digits[byte >> 4], digits[byte & 15]};
    return "neither a JPEG nor a PNG; it begins with the bytes" + shown;
}

/// A photo from the bytes of a JPEG or PNG file, recognised by their first bytes, never by a name. Upright, RGB; the rules for
/// grey, palettes, transparency and CMYK stand at `decode_jpeg` and `decode_png`.
/// `note`, where it is given, gets a sentence if something is odd about a photo that is read all the same.
/// Throws `file_error`, which begins with `name`, if the bytes are not one whole photo within the limits.
inline pixels decode(std::span<std::uint8_t const> bytes, std::string const& name, limits const& allowed = {},
                     std::string* note = nullptr) {
    constexpr std::array<std::uint8_t, 3> jpeg{0xff, 0xd8, 0xff};
    constexpr std::array<std::uint8_t, 8> png{0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    auto starts_with = [&](auto const& magic) {
        return bytes.size() >= magic.size() && std::equal(magic.begin(), magic.end(), bytes.begin());
    };
    if (bytes.empty()) throw file_error(name, "the file is empty");
    if (starts_with(jpeg)) return decode_jpeg(bytes, name, allowed, note);
    if (starts_with(png)) return decode_png(bytes, name, allowed);
    throw file_error(name, describe_stranger(bytes));
}

/// The photo in a file. Throws `file_error` as `read_file` and `decode` do.
inline pixels read(std::filesystem::path const& path, limits const& allowed = {}, std::string* note = nullptr) {
    std::string const bytes = read_file(path);
    return decode({reinterpret_cast<std::uint8_t const*>(bytes.data()), bytes.size()}, path.string(), allowed, note);
}

} // namespace mcfa::image
