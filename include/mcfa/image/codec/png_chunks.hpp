// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/image/codec/exif.hpp>

#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace mcfa::image {

/// The EXIF block in a "Raw profile" text: a line with the profile's name, one with its length, then hexadecimal digits. ImageMagick and exiftool
/// stored it so before PNG had a chunk for it.
inline std::vector<std::uint8_t> exif_of_raw_profile(std::span<std::uint8_t const> text) {
    std::vector<std::uint8_t> block;
    int line = 0, digits = 0, value = 0;
    for (std::uint8_t const c : text) {
        if (c == '\n') line += line < 3; // an empty line, the name, the length
        if (line < 3) continue;
        int const digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
        if (digit < 0) continue;
        value = value << 4 | digit;
        if (++digits % 2 == 0) block.push_back(static_cast<std::uint8_t>(value)), value = 0;
    }
    constexpr std::string_view start("Exif\0\0", 6);
    if (block.size() > start.size() && std::equal(start.begin(), start.end(), block.begin())) block.erase(block.begin(), block.begin() + 6);
    return block;
}

/// The chunks of a PNG file: those that make its pixels, for libpng, and the orientation that others give. Chunks of gamma, colour space and
/// background are left aside, because values are taken as they are stored.
struct png_chunks {
    std::vector<std::uint8_t> pixels; ///< a file of the signature, IHDR, PLTE, tRNS, IDAT, IEND and critical chunks that are unknown
    int orientation = 1;              ///< of an eXIf chunk; else of the first text chunk with an EXIF profile
    bool ended = false;               ///< an end chunk is there
    std::uint32_t height = 0, width = 0;
    int depth = 0, colour_type = 0; ///< bits a channel; 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGBA

    /// Reads chunks until the end chunk or the end of the bytes, which begin with the signature. Any bytes will do.
    static png_chunks of(std::span<std::uint8_t const> bytes) {
        png_chunks all;
        std::size_t at = std::min<std::size_t>(8, bytes.size());
        bool exif = false;
        all.pixels.assign(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(at));
        while (!all.ended && at + 12 <= bytes.size()) {
            std::size_t const length = number(bytes, at);
            if (length > bytes.size() - at - 12) break;
            std::string_view const type(reinterpret_cast<char const*>(bytes.data()) + at + 4, 4);
            auto const content = bytes.subspan(at + 8, length);
            if (at == 8 && type == "IHDR" && length == 13) {
                all.width = number(content, 0), all.height = number(content, 4);
                all.depth = content[8], all.colour_type = content[9];
            }
            all.ended = type == "IEND";
            if ((type[0] & 32) == 0 || type == "tRNS") {
                auto const chunk = bytes.subspan(at, length + 12);
                all.pixels.insert(all.pixels.end(), chunk.begin(), chunk.end());
            } else if (type == "eXIf") {
                all.orientation = exif_orientation(content);
                exif = true;
            } else if (!exif && all.orientation == 1 && (type == "tEXt" || type == "zTXt")) {
                all.orientation = orientation_of_text(content, type == "zTXt");
            }
            at += length + 12;
        }
        return all;
    }

    int channels() const { return colour_type == 2 ? 3 : colour_type == 4 ? 2 : colour_type == 6 ? 4 : 1; }

private:
    static std::uint32_t number(std::span<std::uint8_t const> bytes, std::size_t at) {
        return std::uint32_t{bytes[at]} << 24 | std::uint32_t{bytes[at + 1]} << 16 | std::uint32_t{bytes[at + 2]} << 8 | bytes[at + 3];
    }

    /// A keyword, a zero, and the text; compressed it has one byte more for the method.
    static int orientation_of_text(std::span<std::uint8_t const> content, bool compressed) {
        auto const end = std::find(content.begin(), content.end(), std::uint8_t{0});
        std::size_t const length = end - content.begin();
        std::string_view const keyword(reinterpret_cast<char const*>(content.data()), length);
        if ((keyword != "Raw profile type exif" && keyword != "Raw profile type APP1") || content.size() < length + 2) return 1;
        if (!compressed) return exif_orientation(exif_of_raw_profile(content.subspan(length + 1)));
        std::vector<std::uint8_t> text(std::size_t{1}
                                       << 18); // a block has 64 KiB at most, in hexadecimal digits twice as many; the rest is not read
        auto size = static_cast<uLongf>(text.size());
        auto const packed = content.subspan(length + 2);
        int const status = ::uncompress(text.data(), &size, packed.data(), static_cast<uLong>(packed.size()));
        if (status != Z_OK && status != Z_BUF_ERROR) return 1;
        return exif_orientation(exif_of_raw_profile(std::span(text).first(size)));
    }
};

} // namespace mcfa::image
