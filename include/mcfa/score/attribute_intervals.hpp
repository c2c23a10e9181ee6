// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/score/attribute_figures.hpp>
#include <mcfa/score/bootstrap.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace mcfa::score {

using interval_row = std::array<interval, attribute_figure::count>;

/// An interval for every figure of `scorer()`, in the same rows, by a bootstrap over `groups` groups.
inline std::vector<interval_row> attribute_intervals(attribute_scorer const& scorer, std::size_t groups,
                                                     bootstrap_options const& options = {}) {
    std::size_t const rows = scorer.attributes() + 1;
    auto const flat = bootstrap(
        groups, rows * attribute_figure::count,
        [&](std::span<double const> weights, std::span<double> values) {
            auto out = values.begin();
            for (auto const& row : scorer(weights)) out = std::copy(row.begin(), row.end(), out);
        },
        options);
    std::vector<interval_row> intervals(rows);
    auto in = flat.begin();
    for (auto& row : intervals)
        for (auto& one : row) one = *in++;
    return intervals;
}

} // namespace mcfa::score
