// SPDX-License-Identifier: MIT
#include "../simple.hpp"

struct twice {
    static constexpr std::string_view kind = "twice";
    static constexpr std::array<mcfa::parameter_spec, 0> parameters(mcfa::shape) { return {}; }
};
struct small : mcfa::stage<mcfa::input<8>, mcfa::block<twice, mcfa::flatten>> {};
struct net : mcfa::cascade<tasks, small> {};
static_assert(net::count == 1);
