// SPDX-License-Identifier: MIT
#include "../simple.hpp"

struct twice {
    static constexpr std::string_view kind = "twice";
};
struct small : mcfa::stage<mcfa::input<8>, mcfa::block<twice, mcfa::flatten>> {};
struct net : mcfa::cascade<tasks, small> {};
static_assert(net::count == 1);
