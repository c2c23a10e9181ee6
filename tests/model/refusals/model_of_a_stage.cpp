// SPDX-License-Identifier: MIT
#include "../refused_model.hpp"

mcfa::model<small, float, mcfa::backend::reference> const m{mcfa::seed{1}};
