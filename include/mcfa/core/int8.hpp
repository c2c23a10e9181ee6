// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace mcfa {

/// A weight of 8 bits, and as a type the arithmetic of such: `prepared_model<float, B, int8>`. Activations are `std::uint8_t` then.
struct int8 {
    std::int8_t value = 0;
};

} // namespace mcfa
