// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/image/placement.hpp>

#include <cstddef>

namespace mcfa::data {

/// Background that a detector took for a face: an upright window on a photo of a data set, by the photo's number there.
struct mined_window {
    std::size_t photo = 0;
    image::placement place;
};

} // namespace mcfa::data
