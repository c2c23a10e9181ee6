// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/single_shot.hpp>
#include <mcfa/detect/propose/footprint.hpp>
#include <mcfa/image/placement.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace mcfa::detect {

/// Where the places of a stage's last plane lie on what a single_shot sees, in its pixels; the same across and down.
struct place_grid {
    double stride = 1; ///< from one place to the next
    double first = 0;  ///< centre of place 0
    double side = 0;   ///< of a place's window

    image::placement window(int row, int column) const {
        return {
            {static_cast<float>(first + column * stride), static_cast<float>(first + row * stride)}, static_cast<float>(side), 0, false};
    }
};

template <class Stages>
struct shot_footprints;

/// How the stages of a single_shot slide, one behind the other.
template <class... Stages>
struct shot_footprints<layer_list<Stages...>> {
    static constexpr bool slide = (stage_footprint<typename Stages::layers>::slides && ...);
    /// Of each stage's last plane, all stages before it included, with respect to what the first one sees.
    static constexpr std::array<footprint, sizeof...(Stages)> wholes = [] {
        std::array<footprint, sizeof...(Stages)> all{};
        footprint whole{1, 1, 0};
        std::size_t i = 0;
        auto const add = [&](footprint const& stage) {
            whole.side += (stage.side - 1) * whole.stride;
            whole.pad += stage.pad * whole.stride;
            whole.stride *= stage.stride;
            all[i++] = whole;
        };
        (add(stage_footprint<typename Stages::layers>::whole), ...);
        return all;
    }();
    static constexpr std::array<place_grid, sizeof...(Stages)> grids = [] {
        std::array<place_grid, sizeof...(Stages)> all{};
        for (std::size_t i = 0; i < all.size(); ++i)
            all[i] = {static_cast<double>(wholes[i].stride), wholes[i].side / 2.0 - wholes[i].pad,
                      static_cast<double>(single_shot_window * wholes[i].stride)};
        return all;
    }();
    /// How far a place of any stage sees beyond its centre, pixels.
    static constexpr double reach = [] {
        double most = 0;
        for (footprint const& whole : wholes) most = std::max(most, whole.side / 2.0);
        return most;
    }();
};

template <bool Slide>
struct single_shot_slides {
    static_assert(Slide, "mcfa: the stages of a single_shot see planes of any size, so they take no flatten, dense or global pool");
};

/// The grids of a net's stages, in order.
template <single_shot_net Net>
constexpr auto const& place_grids() {
    using footprints = shot_footprints<typename Net::stage_types>;
    static_assert(stated<single_shot_slides<footprints::slide>>);
    return footprints::grids;
}

} // namespace mcfa::detect
