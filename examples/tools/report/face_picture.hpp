// SPDX-License-Identifier: MIT
#pragma once

#include "report/markup.hpp"

#include <mcfa/core/geometry.hpp>
#include <mcfa/data/window.hpp>
#include <mcfa/image/codec/encode_jpeg.hpp>
#include <mcfa/image/resample.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace report {

/// The square around a face, `context` times the longer side of its box, as a JPEG of `side` pixels in base64.
inline std::string face_picture(mcfa::image::pixels const& photo, mcfa::box face, float context = 1.6f, int side = 64) {
    std::vector<float> values(static_cast<std::size_t>(side) * static_cast<std::size_t>(side) * 3);
    mcfa::image::cut(photo, mcfa::data::reference_square(face, context), side, values);
    auto picture = mcfa::image::blank(side, side);
    std::transform(values.begin(), values.end(), picture.data(),
                   [](float v) { return static_cast<std::uint8_t>(std::lround(std::clamp(v, 0.0f, 255.0f))); });
    return base64(mcfa::image::encode_jpeg(picture, 80));
}

} // namespace report
