// SPDX-License-Identifier: MIT
#include <mcfa/core/shape.hpp>

static_assert(mcfa::shape{.channels = 2, .height = 3, .width = 4}.size() == 24, "house: refused by name");
