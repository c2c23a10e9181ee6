// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/cascade.hpp>
#include <mcfa/model/purpose.hpp>

#include <cstddef>
#include <vector>

namespace mcfa {

/// Layers of a stage that run as one: a convolution with what follows it, or any other layer by itself. In inference the measured
/// statistics of a batch normalisation are known, so that it too joins the convolution before it.
struct step {
    std::size_t first = 0; ///< layer
    std::size_t count = 1; ///< layers
    bool is_unit = false;
    bool normalised = false; ///< the layer after the convolution is a batch normalisation
    convolution_unit unit;   ///< where it is one
    shape in, out;
    bool in_place = false; ///< writes over its input
    int skip = -1;         ///< of an addition: the step whose input is its other operand
    int slot = 0;          ///< number of the place of its output, in training of its output's gradient; model/plan/slots.hpp

    std::size_t end() const { return first + count; }
    bool is_addition() const { return skip >= 0; }
};

/// A stage as steps. The input of a layer that an addition joins later is the input of a step, and nothing writes over it.
inline std::vector<step> steps_of(stage_info const& stage, purpose use) {
    std::vector<step> steps;
    auto const joined = [&](std::size_t i) { // whether an addition joins the layer's input
        for (std::size_t later = i + 1; later < stage.layers.size(); ++later)
            if (stage.layers[later].back == static_cast<int>(later - i)) return true;
        return false;
    };
    bool keeps_output = true; // the caller's windows, or a result that the step before reads in its backward pass
    for (std::size_t i = 0; i < stage.layers.size(); i = steps.back().end()) {
        layer_info const& layer = stage.layers[i];
        step s;
        s.first = i;
        s.in = layer.in;
        auto const next_is = [&](layer_role role) {
            return s.end() < stage.layers.size() && stage.layers[s.end()].role == role && !joined(s.end());
        };
        if (layer.role == layer_role::convolution) {
            s.is_unit = true;
            s.unit.product = layer.product;
            if (use == purpose::inference && next_is(layer_role::normalisation)) s.normalised = true, ++s.count;
            if (next_is(layer_role::rectifier)) s.unit.rectified = true, ++s.count;
            if (next_is(layer_role::max_pool_2x2)) s.unit.pooled = true, ++s.count;
        }
        s.out = stage.layers[s.end() - 1].out;
        s.in_place = layer.in_place && !keeps_output && !joined(i);
        keeps_output = use == purpose::training && ((layer.in_place && layer.back == 0) || s.unit.rectified);
        if (layer.back > 0) {
            s.skip = 0;
            while (steps[s.skip].first + layer.back != i) ++s.skip;
        }
        steps.push_back(s);
    }
    return steps;
}

} // namespace mcfa
