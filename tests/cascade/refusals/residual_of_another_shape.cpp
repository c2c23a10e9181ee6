// SPDX-License-Identifier: MIT
#include "../simple.hpp"

#include <mcfa/layer/residual.hpp>

struct small
    : mcfa::stage<mcfa::input<8>, mcfa::conv<4>, mcfa::residual<mcfa::conv<4>, mcfa::relu, mcfa::conv<6>>, mcfa::global_average_pool> {
}; // 6 channels cannot be added to 4
struct net : mcfa::cascade<tasks, small> {};
static_assert(net::count == 1);
