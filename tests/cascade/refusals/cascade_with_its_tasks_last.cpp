// SPDX-License-Identifier: MIT
#include "../simple.hpp"

struct small : mcfa::stage<mcfa::input<8>, mcfa::flatten> {};
struct net : mcfa::cascade<small, tasks> {};
using name = net::tasks;
