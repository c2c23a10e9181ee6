// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/cascade.hpp>
#include <mcfa/core/error.hpp>
#include <mcfa/core/geometry.hpp>
#include <mcfa/data/window.hpp>
#include <mcfa/detect/shot/place_grid.hpp>
#include <mcfa/task/label.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace mcfa::detect {

/// Which places of a single_shot learn a face. Sizes of a face are its box's longer side over the one that suits the place's window best, which
/// is the window's side over `context`. All numbers are the library's own choices.
struct place_rules {
    float context = 1.6f;   ///< side of a window over that of the face that suits it best, as `data::sampling` has it; 1 to 4
    float smallest = 0.6f;  ///< faces of this size are learned; 0.1 to 1
    float largest = 1.5f;   ///< up to this one; 1 to 10
    float tolerance = 1.5f; ///< where a face is smaller or larger by this factor at most, its places are no background either; 1 to 10
    float central =
        0.5f; ///< share of the box's sides within which a place learns the face; around it a place learns nothing but the box; 0.1 to 1

    /// Throws `option_error` where a value is out of its range.
    void check() const {
        auto const within = [](char const* name, float value, double low, double high) {
            if (!(value >= static_cast<float>(low) && value <= static_cast<float>(high)))
                throw option_error({"place_rules.", name, " is ", value, ", expected ", low, " to ", high});
        };
        within("context", context, 1, 4);
        within("smallest", smallest, 0.1, 1);
        within("largest", largest, 1, 10);
        within("tolerance", tolerance, 1, 10);
        within("central", central, 0.1, 1);
    }
};

/// What a place learns: a face and where it is, where it is alone, that there is none, or nothing.
enum class place_kind : std::uint8_t { face, box_alone, background, nothing };

/// What the places of one stage learn of one picture: a row of targets and one of masks for each, as the tasks encode a window's.
struct place_targets {
    std::vector<place_kind> kinds;
    std::vector<float> targets, masks;
};

/// What the places of a plane of `rows` x `columns` learn of a picture with these faces, in its pixels, and with `ignored` boxes, at which nothing is
/// learned. At a place in several faces' boxes the nearest one counts. `finest` and `coarsest` say whether the stage is the first or last one: no other
/// stage sees what is too small or too large for it, so that is no background.
inline void set_place_targets(net_info const& net, place_grid const& grid, int rows, int columns, bool finest, bool coarsest,
                              std::span<annotation const> faces, std::span<box const> ignored, place_rules const& rules,
                              place_targets& to) {
    std::size_t const places = static_cast<std::size_t>(rows) * columns, targets = net.targets, terms = net.terms;
    std::vector<float> row(targets), mask(terms);
    window_label background;
    background.kind = window_kind::negative;
    net.encode(background, false, row, mask);
    to.kinds.assign(places, place_kind::background);
    to.targets.resize(places * targets);
    to.masks.resize(places * terms);
    for (std::size_t p = 0; p < places; ++p) {
        std::ranges::copy(row, to.targets.begin() + static_cast<std::ptrdiff_t>(p * targets));
        std::ranges::copy(mask, to.masks.begin() + static_cast<std::ptrdiff_t>(p * terms));
    }
    auto const each_place_in = [&](box where, auto&& body) {
        auto const from = [&](float low) {
            return std::max(0, static_cast<int>(std::ceil((static_cast<double>(low) - grid.first) / grid.stride)));
        };
        auto const to_end = [&](float high, int count) {
            return std::min(count, static_cast<int>(std::floor((static_cast<double>(high) - grid.first) / grid.stride)) + 1);
        };
        for (int r = from(where.top); r < to_end(where.bottom(), rows); ++r)
            for (int c = from(where.left); c < to_end(where.right(), columns); ++c)
                body(static_cast<std::size_t>(r) * columns + c, grid.window(r, c));
    };
    auto const learn_nothing = [&](std::size_t p) {
        to.kinds[p] = place_kind::nothing;
        std::fill_n(to.masks.begin() + static_cast<std::ptrdiff_t>(p * terms), terms, 0.0f);
    };
    for (box const& b : ignored) each_place_in(b, [&](std::size_t p, auto const&) { learn_nothing(p); });
    std::vector<float> nearest(places, std::numeric_limits<float>::infinity());
    for (annotation const& truth : faces) {
        box const face = truth.face.value();
        float const size = std::max(face.width, face.height) * rules.context / static_cast<float>(grid.side);
        bool const learned = size >= rules.smallest && size <= rules.largest;
        bool const near = (finest || size * rules.tolerance >= rules.smallest) && (coarsest || size <= rules.largest * rules.tolerance);
        if (!near) continue;
        // a face that is small beside the stride has its nearest place at least
        auto const reach = [&](float side) { return std::max(side / 2, static_cast<float>(grid.stride) / 2); };
        float const across = reach(face.width), down = reach(face.height);
        point const centre = face.centre();
        each_place_in({centre.x - across, centre.y - down, 2 * across, 2 * down}, [&](std::size_t p, image::placement const& window) {
            float const x = std::abs(window.centre.x - centre.x), y = std::abs(window.centre.y - centre.y);
            float const distance = std::max(x / across, y / down);
            bool const central = x <= std::max(rules.central * across, static_cast<float>(grid.stride) / 2) &&
                                 y <= std::max(rules.central * down, static_cast<float>(grid.stride) / 2);
            if (distance >= nearest[p] || (!learned && !central)) return;
            nearest[p] = distance;
            if (!learned) return learn_nothing(p);
            to.kinds[p] = central ? place_kind::face : place_kind::box_alone;
            auto const label = data::label_in(truth, window, central ? window_kind::positive : window_kind::part, nullptr);
            net.encode(label, false, std::span<float>(to.targets).subspan(p * targets, targets),
                       std::span<float>(to.masks).subspan(p * terms, terms));
        });
    }
}

} // namespace mcfa::detect
