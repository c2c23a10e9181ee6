// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/cascade.hpp>
#include <mcfa/core/array.hpp>
#include <mcfa/core/pixel_rule.hpp>
#include <mcfa/image/frame.hpp>
#include <mcfa/image/placement.hpp>
#include <mcfa/image/resample.hpp>
#include <mcfa/image/shrink.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace mcfa::image {

/// Cuts windows out of a photo for the stages of a net, as training does: at the largest side needed, and shrunk from there.
class window_cutter {
public:
    /// Room for `batch` windows.
    window_cutter(net_info const& net, std::size_t batch) {
        for (stage_info const& stage : net.stages) {
            std::size_t const side = stage.side;
            windows_.push_back(array<float, 4>::from_shape({batch, side, side, 3}));
            rules_.push_back(stage.rule);
        }
    }

    /// One array for every stage, normalised, (batch, side, side, 3).
    std::vector<array<float, 4>> const& windows() const { return windows_; }

    /// Fills row `row` of the arrays of stages `first` up to, not with, `stages`.
    void fill(frame const& photo, placement const& window, std::size_t row, std::size_t stages, std::size_t first = 0) {
        int side = 0;
        for (std::size_t j = first; j < stages; ++j) side = std::max(side, this->side(j));
        if (side == 0) return;
        cut_.resize(floats(side));
        cut(photo, window, side, cut_);
        for (std::size_t j = first; j < stages; ++j) {
            std::size_t const count = floats(this->side(j));
            std::span<float> const target(windows_[j].data() + row * count, count);
            if (this->side(j) < side) shrink_area(cut_, side, this->side(j), target, shrunk_rows_);
            else std::copy(cut_.begin(), cut_.end(), target.begin());
            rules_[j].apply(target.data(), target.data(), count);
        }
    }

private:
    static std::size_t floats(int side) { return std::size_t{3} * side * side; }
    int side(std::size_t stage) const { return static_cast<int>(windows_[stage].shape()[1]); }

    std::vector<array<float, 4>> windows_;
    std::vector<pixel_rule> rules_;
    std::vector<float> cut_, shrunk_rows_;
};

} // namespace mcfa::image
