// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/cascade.hpp>
#include <mcfa/core/error.hpp>
#include <mcfa/core/message.hpp>
#include <mcfa/core/raise.hpp>
#include <mcfa/io/load_matching.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mcfa::io {

/// The rules by which a stage takes its layers from a `torch.nn.Sequential` of the same layers in the same order, whose tensors are called by
/// the positions of the layers: `features.0.weight`. So is torchvision's VGG-16:
///
///     struct vgg16 : stage<input<224, 3, pixels::imagenet>, vgg_block<64, 2>, vgg_block<128, 2>, vgg_block<256, 3>, vgg_block<512, 3>,
///                          vgg_block<512, 3>, flatten, dense<1024>, relu> {};
///     io::load_matching(m, "vgg16.safetensors", io::sequential_rules(m.net(), "vgg16", "features", 31));
///
/// `layers` says how many of the stage's layers take part, from the first one on; without it all do. Layers behind the sequential's end are left
/// to their initial values: no rule may take nothing, so say here where the sequential ends.
/// Throws `option_error` where the net has no stage of this name.
inline std::vector<matching_rule> sequential_rules(net_info const& net, std::string_view stage, std::string_view sequential,
                                                   std::size_t layers = static_cast<std::size_t>(-1)) {
    std::vector<matching_rule> rules;
    for (stage_info const& s : net.stages) {
        if (s.name != stage) continue;
        for (std::size_t i = 0; i < s.layers.size() && i < layers; ++i)
            if (s.layers[i].parameter_count > 0)
                rules.push_back({join({sequential, ".", i, ".*"}), join({s.name, ".", s.layers[i].name(), ".*"})});
        return rules;
    }
    raise(option_error({"sequential_rules: the net has no stage '", stage, "'"}));
}

} // namespace mcfa::io
