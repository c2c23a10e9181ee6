// SPDX-License-Identifier: MIT
#include "cascades/bf16_model.hpp"

#include "cascades/nets.hpp"

#include <mcfa/backend/eigen_in_bf16.hpp>

#include <memory>

std::shared_ptr<bf16_model_type> make_bf16_model(net_choice const& choice, mcfa::seed seed, int threads) {
    using backend = mcfa::backend::eigen_in<mcfa::bf16>;
    return with_net(choice, [&]<class Net>() -> std::shared_ptr<bf16_model_type> {
        return std::make_shared<mcfa::model<Net, float, backend>>(seed, backend{threads});
    });
}
