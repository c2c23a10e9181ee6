// SPDX-License-Identifier: MIT
#include "../simple.hpp"

struct small : mcfa::stage<mcfa::input<8>, mcfa::conv<4>, mcfa::dense<6>> {}; // flatten is missing
struct net : mcfa::cascade<tasks, small> {};
static_assert(net::count == 1);
