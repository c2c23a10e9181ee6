// SPDX-License-Identifier: MIT
#include "../../train/refused_training.hpp"

#include <mcfa/train/over_ranks.hpp>

struct mute {
    int rank() const { return 0; }
    int size() const { return 1; }
    void stop(std::string const&) {}
};

void train() {
    mcfa::model<net, float, mcfa::backend::reference> m{mcfa::seed{1}};
    mcfa::trainer t{m, mcfa::sgd{}, mcfa::weighting::uniform{}, mute{}};
    t.fit(source{}, source{}, {.epochs = 1});
}
