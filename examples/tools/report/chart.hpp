// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace report {

/// A line through points, or points alone.
struct series {
    std::string name; ///< in the legend; none, and it is not there
    std::vector<std::pair<double, double>> points;
    bool dots = false; ///< points are marked
    bool line = true;
};

/// The axes of a chart.
struct axes {
    std::string title{}, x_label{}, y_label{};
    double x_low = 0, x_high = 1, y_low = 0, y_high = 1;
    bool diagonal = false;         ///< a thin line from corner to corner
    int width = 460, height = 320; ///< pixels
};

/// An SVG of lines over a grid whose ticks are round numbers. Points beyond the axes are moved to their edge; what is not finite is left out.
std::string line_chart(axes const& a, std::vector<series> const& lines);

/// A value with its interval, in a row of its own.
struct whisker {
    std::string name;
    double value = 0, low = 0, high = 0; ///< a value that is not finite leaves its row empty; without finite ends it has no whisker
    double reference = 0;                ///< marked by a thin stroke where it is finite
};

/// An SVG of one row for each value, under each other: names at the left, dots with whiskers at the right. `a.height` follows from the rows.
std::string whisker_chart(axes const& a, std::vector<whisker> const& rows);

/// Ticks at round numbers from `low` to `high`, some five of them.
std::vector<double> ticks(double low, double high);

} // namespace report
