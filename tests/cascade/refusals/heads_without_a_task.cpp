// SPDX-License-Identifier: MIT
#include "../simple.hpp"

struct none : mcfa::heads<> {};
struct small : mcfa::stage<mcfa::input<8>, mcfa::flatten> {};
struct net : mcfa::cascade<none, small> {};
static_assert(net::count == 1);
