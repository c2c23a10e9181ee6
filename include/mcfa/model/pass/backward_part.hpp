// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/cascade.hpp>
#include <mcfa/model/pass/part_rates.hpp>
#include <mcfa/model/plan/memory_plan.hpp>

#include <cstddef>

namespace mcfa {

/// A part of the backward pass: the heads of a stage, or one of its steps.
struct backward_part {
    std::size_t stage = 0;
    bool is_heads = false;
    std::size_t step = 0;       ///< where it is not the heads
    bool goes_on = false;       ///< something below it needs the gradient of its input
    std::size_t final_from = 0; ///< after it the gradients of all parameters from this one on are final
};

/// f(part) for each part in the order of the pass: last stage first, in it the heads first, then the steps from the last to the first that
/// trains. Parameters lie in the opposite order, so gradients become final from the last one to the first.
template <class F>
void for_each_backward_part(net_info const& net, memory_plan const& plan, part_rates const& rates, F&& f) {
    std::size_t first_stage = 0; // the first with a layer that trains
    while (first_stage < net.stages.size() &&
           rates.first_trained(net.stages[first_stage], first_stage) == net.stages[first_stage].layers.size())
        ++first_stage;
    for (std::size_t j = net.stages.size(); j-- > 0;) {
        stage_info const& stage = net.stages[j];
        auto const& steps = plan.stages[j].steps;
        std::size_t const first_trained = rates.first_trained(stage, j);
        std::size_t last = steps.size(); // the last step of the pass in this stage; none if it is steps.size()
        if (j >= first_stage)
            while (last > 0 && steps[last - 1].end() > first_trained) --last;
        f(backward_part{.stage = j,
                        .is_heads = true,
                        .goes_on = j >= first_stage,
                        .final_from = last == steps.size() ? stage.first_learned : stage.first_head_weight});
        for (std::size_t i = steps.size(); i-- > last;)
            f(backward_part{.stage = j,
                            .step = i,
                            .goes_on = steps[i].first > first_trained,
                            .final_from = stage.first_learned + (i > last ? stage.layers[steps[i].first].first_learned : 0)});
    }
}

} // namespace mcfa
