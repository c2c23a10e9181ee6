// SPDX-License-Identifier: MIT
#include "../simple.hpp"

struct net : mcfa::cascade<tasks> {};
using name = net::tasks;
