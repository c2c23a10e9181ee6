// SPDX-License-Identifier: MIT
#include "../simple.hpp"

struct small : mcfa::stage<mcfa::input<4>, mcfa::max_pool<2>, mcfa::max_pool<2>, mcfa::max_pool<2>, mcfa::flatten> {};
struct net : mcfa::cascade<tasks, small> {};
static_assert(net::count == 1);
