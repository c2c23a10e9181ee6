// SPDX-License-Identifier: MIT
#include "../simple.hpp"

namespace coarse {
struct body : mcfa::stage<mcfa::input<4>, mcfa::flatten> {};
} // namespace coarse
namespace fine {
struct body : mcfa::stage<mcfa::input<8>, mcfa::flatten> {};
} // namespace fine
struct net : mcfa::cascade<tasks, coarse::body, fine::body> {};
static_assert(net::count == 2);
