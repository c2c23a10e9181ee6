// SPDX-License-Identifier: MIT
#include "../simple.hpp"

struct small : mcfa::stage<mcfa::flatten, mcfa::dense<4>> {};
struct net : mcfa::cascade<tasks, small> {};
static_assert(net::count == 1);
