// SPDX-License-Identifier: MIT
#include "../refused_model.hpp"

mcfa::model<net, mcfa::backend::reference, float> const m{mcfa::seed{1}};
