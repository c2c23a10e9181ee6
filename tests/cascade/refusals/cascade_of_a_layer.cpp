// SPDX-License-Identifier: MIT
#include "../simple.hpp"

struct net : mcfa::cascade<tasks, mcfa::flatten> {};
using name = net::tasks;
