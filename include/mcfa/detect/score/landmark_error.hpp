// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/geometry.hpp>

#include <cmath>
#include <cstddef>
#include <vector>

namespace mcfa::detect {

/// Mean distance of the five points over the true distance between the eyes; both lists have five points, the eyes first.
inline double landmark_error(std::vector<point> const& found, std::vector<point> const& truth) {
    auto const distance = [](point a, point b) { return static_cast<double>(std::hypot(a.x - b.x, a.y - b.y)); };
    double sum = 0;
    for (std::size_t i = 0; i < 5; ++i) sum += distance(found[i], truth[i]) / 5;
    return sum / distance(truth[0], truth[1]);
}

} // namespace mcfa::detect
