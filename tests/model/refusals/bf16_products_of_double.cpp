// SPDX-License-Identifier: MIT
#include "../refused_model.hpp"

#include <mcfa/backend/eigen_in_bf16.hpp>

struct flat : mcfa::stage<mcfa::input<4>, mcfa::flatten> {};
struct flat_net : mcfa::cascade<mcfa::heads<look>, flat> {};
mcfa::model<flat_net, double, mcfa::backend::eigen_in<mcfa::bf16>> const m{mcfa::seed{1}};
