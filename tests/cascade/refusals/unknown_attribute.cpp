// SPDX-License-Identifier: MIT
#include "../simple.hpp"

static_assert(look::index<"Smirking">() < 2);
