// SPDX-License-Identifier: MIT
#include "../simple.hpp"

struct small : mcfa::stage<mcfa::input<8>, mcfa::conv<6>, mcfa::conv<8, mcfa::conv_options{.groups = 4}>, mcfa::global_average_pool> {
}; // 6 channels make no 4 groups
struct net : mcfa::cascade<tasks, small> {};
static_assert(net::count == 1);
