// SPDX-License-Identifier: MIT
#include "../../train/refused_training.hpp"

void train() {
    mcfa::model<net, float, mcfa::backend::reference> m{mcfa::seed{1}};
    mcfa::trainer t{m, mcfa::sgd{}, mcfa::weighting::uniform{}, mcfa::comm::one{}};
    t.fit(source{}, source{}, {.epochs = 1});
}
