// SPDX-License-Identifier: MIT
#include "../refused_training.hpp"

struct sign {
    static constexpr std::string_view name = "sign";
    double rate = 0.01;
};

void train() {
    mcfa::model<net, float, mcfa::backend::reference> m{mcfa::seed{1}};
    mcfa::trainer t{m, sign{}, mcfa::weighting::uniform{}};
    t.fit(source{}, source{}, {.epochs = 1});
}
