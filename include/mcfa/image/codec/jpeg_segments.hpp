// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/image/codec/exif.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace mcfa::image {

/// What the markers of a JPEG file say beside its pixels; TurboJPEG does not give it.
struct jpeg_segments {
    int orientation = 1;                               ///< of the EXIF block before the first scan
    bool adobe = false;                                ///< an Adobe marker: four inks are stored as 1 - ink
    bool arithmetic = false;                           ///< coded without Huffman tables: a cut in such data goes unnoticed
    int scans = 0;                                     ///< times that the file goes over some of the pixels' values
    bool ended = false;                                ///< an end-of-image marker follows the last scan
    bool whole = false;                                ///< scans give every bit of every coefficient
    std::vector<std::span<std::uint8_t const>> pieces; ///< segments with their markers, scans with their data, without bytes between them
    bool stray = false;                                ///< there are bytes between segments

    /// Reads markers until the end of the image or of the bytes, which begin with the marker FF D8. Any bytes will do.
    static jpeg_segments of(std::span<std::uint8_t const> bytes) {
        jpeg_segments all;
        std::vector<std::uint8_t> components; // identifiers, in the order of the frame
        std::array<std::uint64_t, 4> known{}; // a bit for each coefficient of a component that a scan gives to its last bit
        std::size_t at = 2;
        all.pieces.push_back(bytes.first(2));
        for (;;) {
            std::size_t const before = at;
            while (at < bytes.size() && bytes[at] != 0xff) ++at;
            all.stray |= at > before;
            while (at + 1 < bytes.size() && bytes[at + 1] == 0xff) ++at; // any number of fill bytes
            if (at + 2 > bytes.size()) break;
            std::size_t const begin = at;
            std::uint8_t const marker = bytes[at + 1];
            at += 2;
            if (marker == 0xd9) {
                all.ended = true;
                break;
            }
            if (marker <= 1 || (marker >= 0xd0 && marker <= 0xd8)) { // no segment belongs to these
                all.stray = true;
                continue;
            }
            if (at + 2 > bytes.size()) break;
            std::size_t const length = std::size_t{bytes[at]} << 8 | bytes[at + 1];
            if (length < 2 || at + length > bytes.size()) break;
            auto const content = bytes.subspan(at + 2, length - 2);
            at += length;
            if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc) {
                all.arithmetic = marker >= 0xc9;
                components.clear();
                for (std::size_t i = 6; i + 3 <= content.size() && components.size() < 4; i += 3) components.push_back(content[i]);
            } else if (marker == 0xe1 && components_of_scans(known) == 0 && begins(content, {"Exif\0\0", 6})) {
                all.orientation = exif_orientation(content.subspan(6));
            } else if (marker == 0xee && content.size() >= 12 && begins(content, "Adobe")) {
                all.adobe = true;
            } else if (marker == 0xda) {
                ++all.scans;
                note_scan(content, components, known);
                while (at + 1 < bytes.size() &&
                       !(bytes[at] == 0xff && bytes[at + 1] != 0 && (bytes[at + 1] < 0xd0 || bytes[at + 1] > 0xd7)))
                    ++at;
                if (at + 1 == bytes.size() && bytes[at] != 0xff) ++at;
            }
            all.pieces.push_back(bytes.subspan(begin, at - begin));
        }
        all.whole = !components.empty();
        for (std::size_t i = 0; i < components.size(); ++i) all.whole &= known[i] == ~std::uint64_t{0};
        return all;
    }

    /// The segments one after the other, and an end.
    std::vector<std::uint8_t> joined() const {
        std::vector<std::uint8_t> bytes;
        for (auto const piece : pieces) bytes.insert(bytes.end(), piece.begin(), piece.end());
        bytes.insert(bytes.end(), {0xff, 0xd9});
        return bytes;
    }

private:
    static bool begins(std::span<std::uint8_t const> bytes, std::string_view text) {
        return bytes.size() > text.size() && std::equal(text.begin(), text.end(), bytes.begin(),
                                                        [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
    }

    static std::size_t components_of_scans(std::array<std::uint64_t, 4> const& known) {
        return std::ranges::count_if(known, [](std::uint64_t some) { return some != 0; });
    }

    /// A scan header: the number of components, two bytes for each, first and last coefficient, and the bit positions before and after the scan.
    static void note_scan(std::span<std::uint8_t const> header, std::span<std::uint8_t const> components,
                          std::array<std::uint64_t, 4>& known) {
        if (header.empty() || header.size() < 4 + std::size_t{2} * header[0]) return;
        std::size_t const count = header[0];
        auto const limits = header.subspan(1 + 2 * count, 3);
        if (limits[0] > limits[1] || limits[1] > 63 || (limits[2] & 15) != 0) return;
        std::uint64_t const bits = ~std::uint64_t{0} >> (63 - (limits[1] - limits[0])) << limits[0];
        for (std::size_t i = 0; i < count; ++i)
            for (std::size_t c = 0; c < components.size(); ++c)
                if (components[c] == header[1 + 2 * i]) known[c] |= bits;
    }
};

} // namespace mcfa::image
