// SPDX-License-Identifier: MIT
#include "../../train/refused_training.hpp"

#include <mcfa/train/over_ranks.hpp>

struct endless : private mcfa::comm::one {
    using one::exchange, one::rank, one::size;
};

void train() {
    mcfa::model<net, float, mcfa::backend::reference> m{mcfa::seed{1}};
    mcfa::trainer t{m, mcfa::sgd{}, mcfa::weighting::uniform{}, mcfa::no_report{}, endless{}};
    t.fit(source{}, source{}, {.epochs = 1});
}
