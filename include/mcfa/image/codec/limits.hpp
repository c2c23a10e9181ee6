// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>

#include <cstdint>
#include <string>

namespace mcfa::image {

/// The largest photo that is decoded. Looked up in the header, before any memory is taken for the pixels,
/// so that a small file cannot claim a huge photo. Memory in decoding is 3 bytes a pixel, and up to 12 for a progressive JPEG that is turned.
struct limits {
    int side = 65500;                  ///< longest height or width, in pixels; a JPEG has no longer one
    std::int64_t pixels = 100'000'000; ///< most pixels, height times width
    std::int64_t scanned_pixels =
        2'000'000'000; ///< most pixels times scans of a progressive JPEG, whose file may go over a photo hundreds of times
};

/// Throws `file_error` if a header's size is zero or beyond the limits.
inline void check_size(std::string const& name, std::int64_t height, std::int64_t width, limits const& allowed) {
    if (height < 1 || width < 1) throw file_error(name, {"the photo has no pixels (", width, "x", height, ")"});
    if (height > allowed.side || width > allowed.side)
        throw file_error(name, {"a photo of ", width, "x", height, " is larger than the limit of ", allowed.side, " pixels a side"});
    if (height * width > allowed.pixels)
        throw file_error(name, {"a photo of ", width, "x", height, " has more than the limit of ", allowed.pixels, " pixels"});
}

} // namespace mcfa::image
