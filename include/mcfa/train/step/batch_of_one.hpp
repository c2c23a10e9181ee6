// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/cascade.hpp>
#include <mcfa/core/error.hpp>
#include <mcfa/model/pass/part_rates.hpp>

#include <cstddef>
#include <string_view>

namespace mcfa {

/// Throws `option_error` if windows that are normalised one at a time leave a batch normalisation that trains a single value a channel, which has
/// no variance. `what` is of one window: "batch", or "block" over ranks.
inline void check_batch_of_one(net_info const& net, part_rates const& rates, std::string_view what) {
    for (std::size_t j = 0; j < net.stages.size(); ++j) {
        stage_info const& stage = net.stages[j];
        for (std::size_t i = 0; i < stage.layers.size(); ++i) {
            layer_info const& layer = stage.layers[i];
            if (layer.role == layer_role::normalisation && layer.in.pixels() == 1 && rates.layer(j, i) > 0)
                throw option_error({what, " is 1, but stage ", stage.name, ", layer ", layer.name(), " normalises over the ", what,
                                    " alone, which then has no variance: it must be at least 2"});
        }
    }
}

} // namespace mcfa
