// SPDX-License-Identifier: MIT
#include "../refused_training.hpp"

struct silent : mcfa::weighting::uniform {
    void weigh() const {}
};

void train() {
    mcfa::model<net, float, mcfa::backend::reference> m{mcfa::seed{1}};
    mcfa::trainer t{m, mcfa::sgd{}, silent{}};
    t.fit(source{}, source{}, {.epochs = 1});
}
