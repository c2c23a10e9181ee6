// SPDX-License-Identifier: MIT
#include "../simple.hpp"

struct small : mcfa::stage<mcfa::input<8>, mcfa::flatten, mcfa::input<4>> {};
struct net : mcfa::cascade<tasks, small> {};
static_assert(net::count == 1);
