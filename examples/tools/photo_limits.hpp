// SPDX-License-Identifier: MIT
#pragma once

#include "command_line/command_line.hpp"

#include <mcfa/image/codec/limits.hpp>

#include <cstdint>

/// The largest photo that a program reads, on its command line.
struct photo_limits {
    float megapixels = 100;

    mcfa::image::limits limits() const {
        auto const pixels = static_cast<std::int64_t>(megapixels * 1e6f);
        return {.pixels = pixels, .scanned_pixels = 20 * pixels};
    }
};

inline void add_photo_limits(command_line& line, photo_limits& o) {
    line.add("--largest-photo", o.megapixels, "millions of pixels; larger ones are refused. Memory is 3 to 13 bytes a pixel")
        .from_to(1, 4000);
}
