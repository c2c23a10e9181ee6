// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>

#include <cmath>
#include <string_view>

namespace mcfa::weighting {

/// Throws option_error, "famo.rate: -1, must be positive", unless the value is a number above 0.
inline void check_positive(std::string_view option, double value) {
    if (!(value > 0 && std::isfinite(value))) throw option_error({option, ": ", value, ", must be positive"});
}

/// Throws option_error, "famo.decay: -1, must not be negative", unless the value is a number of at least 0.
inline void check_not_negative(std::string_view option, double value) {
    if (!(value >= 0 && std::isfinite(value))) throw option_error({option, ": ", value, ", must not be negative"});
}

} // namespace mcfa::weighting
