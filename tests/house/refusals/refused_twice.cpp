// SPDX-License-Identifier: MIT
#include <mcfa/core/shape.hpp>

static_assert(mcfa::shape{.channels = 2, .height = 3, .width = 4}.size() == 25, "house: refused by name");
static_assert(sizeof(int) == 1, "house: refused for another reason");
