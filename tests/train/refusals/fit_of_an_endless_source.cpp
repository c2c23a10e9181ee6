// SPDX-License-Identifier: MIT
#include "../refused_training.hpp"

struct endless {
    void begin(std::uint64_t) {}
    bool next(mcfa::batch&) { return true; }
};
struct endless_source {
    endless batches(mcfa::encoding const&, mcfa::batch_options const&) const { return {}; }
};

void train() {
    mcfa::model<net, float, mcfa::backend::reference> m{mcfa::seed{1}};
    mcfa::trainer t{m, mcfa::sgd{}, mcfa::weighting::uniform{}};
    t.fit(source{}, endless_source{}, {.epochs = 1});
}
