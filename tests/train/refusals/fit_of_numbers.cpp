// SPDX-License-Identifier: MIT
#include "../refused_training.hpp"

void train() {
    mcfa::model<net, float, mcfa::backend::reference> m{mcfa::seed{1}};
    mcfa::trainer t{m, mcfa::sgd{}, mcfa::weighting::uniform{}};
    t.fit(3, 3, {.epochs = 1});
}
