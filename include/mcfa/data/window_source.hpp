// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/data/bad_images.hpp>
#include <mcfa/data/dataset.hpp>
#include <mcfa/data/mined_windows.hpp>
#include <mcfa/data/sampling.hpp>

#include <cstddef>
#include <memory>
#include <vector>

namespace mcfa::data {

/// Photos of one data set that a loader draws windows from, and how.
struct window_source {
    std::shared_ptr<dataset const> photos_of;
    std::vector<std::size_t> photos;                        ///< their numbers there; each has a face
    std::shared_ptr<std::vector<mined_window> const> mined; ///< on them; read when an epoch begins
    sampling options;
    std::shared_ptr<bad_images> bad; ///< those found so far
    double share = 0; ///< windows in a training epoch, relative to the other sources'; 0 for all: each source gives its own epoch
};

} // namespace mcfa::data
