// SPDX-License-Identifier: MIT
#include "../refused_model.hpp"

struct flat : mcfa::stage<mcfa::input<4>, mcfa::flatten> {};
struct flat_net : mcfa::cascade<mcfa::heads<look>, flat> {};
mcfa::model<flat_net, float, plain_backend> const m{mcfa::seed{1}};
