// SPDX-License-Identifier: MIT
#include "../simple.hpp"

namespace coarse {
struct body : mcfa::stage<mcfa::input<4>, mcfa::flatten> {};
} // namespace coarse
namespace other {
struct body : mcfa::stage<mcfa::input<8>, mcfa::flatten> {}; // of the same name
} // namespace other
struct net : mcfa::cascade<tasks, coarse::body> {};
int const length = net::feature<other::body>;
