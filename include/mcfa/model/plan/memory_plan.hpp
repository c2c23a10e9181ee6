// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/cascade.hpp>
#include <mcfa/core/error.hpp>
#include <mcfa/core/raise.hpp>
#include <mcfa/model/plan/slots.hpp>
#include <mcfa/model/plan/step.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <vector>

namespace mcfa {

/// Places in one arena, in values, for a capacity of windows.
class memory_plan {
public:
    struct stage {
        std::vector<step> steps;
        std::size_t input = 0, input_gradient = 0; ///< the gradient where the stage continues another
        std::vector<std::size_t> outputs;          ///< of each step
        std::vector<std::size_t> argmax;           ///< of each step that pools in training: one byte a value, in the second arena
        std::size_t saved = 0;
        std::size_t feature = 0, feature_gradient = 0;
        std::size_t logits = 0, logits_gradient = 0;
    };

    /// Throws `memory_error` if the arena would have more bytes than an address can name.
    static memory_plan of(net_info const& net, std::size_t capacity, purpose use) {
        memory_plan plan;
        bool const training = use == purpose::training;
        plan.stages.resize(net.stages.size());
        std::size_t const length = net.logits;
        std::vector<std::size_t> shared(2,
                                        0); // places that outputs share, or in training their gradients: their sizes, then where they are
        for (std::size_t j = 0; j < net.stages.size(); ++j) {
            auto& steps = plan.stages[j].steps = steps_of(net.stages[j], use);
            if (training) number_gradients(steps);
            else number_outputs(steps, -1);
            for (step const& s : steps) {
                std::size_t const slot = s.slot;
                while (slot >= shared.size()) shared.push_back(0);
                shared[slot] = std::max(shared[slot], s.out.size());
            }
        }
        auto const take_shared = [&] {
            for (std::size_t& each : shared) each = plan.take(capacity, each);
        };
        if (!training) {
            take_shared();
            for (std::size_t j = 0; j < net.stages.size(); ++j) plan.stages[j].input = plan.take(capacity, net.stages[j].input.size());
            plan.activations = plan.size;
        }
        for (std::size_t j = 0; j < net.stages.size(); ++j) {
            stage_info const& s = net.stages[j];
            stage& p = plan.stages[j];
            if (training) p.input = plan.take(capacity, s.input.size());
            std::size_t place = p.input;
            for (step const& each : p.steps) {
                if (!training) place = shared[each.slot];
                else if (!each.in_place) place = plan.take(capacity, each.out.size());
                p.outputs.push_back(place);
                p.argmax.push_back(plan.argmax_size);
                if (training && each.unit.pooled) plan.grow(plan.argmax_size, capacity, each.out.size(), 64);
            }
            std::size_t const places = s.places, feature = s.feature * places, logits = length * places;
            p.feature = plan.take(capacity, feature);
            p.logits = plan.take(capacity, logits);
            if (training) {
                p.saved = plan.take(1, s.saved);
                p.feature_gradient = plan.take(capacity, feature);
                p.logits_gradient = plan.take(capacity, logits);
                if (s.continues) p.input_gradient = plan.take(capacity, s.input.size());
            }
        }
        if (training) {
            take_shared();
            plan.gradients = shared;
        }
        return plan;
    }

    /// Memory of a workspace, in bytes.
    std::size_t bytes(std::size_t bytes_per_value) const { return bytes(bytes_per_value, bytes_per_value); }
    /// The same where windows and what lies between layers are of another type.
    std::size_t bytes(std::size_t bytes_per_activation, std::size_t bytes_per_value) const {
        return activations * bytes_per_activation + (size - activations) * bytes_per_value + argmax_size;
    }

    std::vector<stage> stages;
    std::vector<std::size_t> gradients; ///< training: of the outputs of steps, by slot; the last places
    std::size_t size = 0;
    std::size_t activations = 0; ///< inference: windows and outputs of steps come first, up to here; then features and logits
    std::size_t argmax_size = 0; ///< of the arena for where maxima were, in bytes

private:
    /// Every place begins on a cache line.
    std::size_t take(std::size_t capacity, std::size_t count) {
        std::size_t const place = size;
        grow(size, capacity, count, 16);
        return place;
    }

    /// Adds capacity * count, rounded up to a multiple of `unit`. No value has more than 16 bytes, so what stays below this limit can
    /// be counted in bytes too.
    static void grow(std::size_t& sum, std::size_t capacity, std::size_t count, std::size_t unit) {
        constexpr std::size_t most = std::numeric_limits<std::size_t>::max() / 32;
        if (count > 0 && capacity > (most - sum) / count)
            raise(memory_error(std::numeric_limits<std::size_t>::max(), 0,
                               {"a workspace for ", capacity, " windows would have more bytes than an address can name"}));
        sum += (capacity * count + unit - 1) / unit * unit;
    }
};

} // namespace mcfa
