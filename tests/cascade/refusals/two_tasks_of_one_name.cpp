// SPDX-License-Identifier: MIT
#include "../simple.hpp"

struct twice : mcfa::heads<mcfa::face_class, look, mcfa::face_class> {};
static_assert(twice::count == 3);
