// SPDX-License-Identifier: MIT
#pragma once

#include <limits>

namespace mcfa {

/// What a figure is that no sample supports: it prints as "-" and null, and is never best.
inline constexpr double not_measured = std::numeric_limits<double>::quiet_NaN();

/// part / whole; where there is nothing to divide by, `not_measured`.
constexpr double measured_ratio(double part, double whole) { return whole > 0 ? part / whole : not_measured; }

} // namespace mcfa
