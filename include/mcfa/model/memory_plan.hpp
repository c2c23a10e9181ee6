#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include <mcfa/cascade/cascade.hpp>

namespace mcfa {

/// What a workspace is for: training keeps every activation for the backward pass, inference only what the next layer reads.
enum class purpose { training, inference };

/// Places in one arena, in values, for a capacity of windows.
class memory_plan {
public:
    struct stage {
        std::size_t input = 0;
        std::vector<std::size_t> outputs; ///< of each layer
        std::size_t saved = 0;
        std::size_t feature = 0, feature_gradient = 0;
        std::size_t logits = 0, logits_gradient = 0;
    };

    static memory_plan of(net_info const& net, std::size_t capacity, purpose use) {
        memory_plan plan;
        bool const training = use == purpose::training;
        plan.stages.resize(net.stages.size());
        auto const length = static_cast<std::size_t>(net.logits);
        std::size_t widest = 0;
        std::array<std::size_t, 2> widest_of_turn{}; // inference: layers write to two places in turn
        for (stage_info const& s : net.stages) {
            std::size_t turn = 0;
            for (layer_info const& layer : s.layers) {
                widest = std::max(widest, layer.out.size());
                if (!layer.in_place) turn ^= 1;
                widest_of_turn[turn] = std::max(widest_of_turn[turn], layer.out.size());
            }
        }
        std::array<std::size_t, 2> turns{};
        if (!training) turns = {plan.take(capacity * widest_of_turn[0]), plan.take(capacity * widest_of_turn[1])};
        for (std::size_t j = 0; j < net.stages.size(); ++j) {
            stage_info const& s = net.stages[j];
            stage& p = plan.stages[j];
            p.input = plan.take(capacity * s.input.size());
            std::size_t turn = 0;
            std::size_t place = p.input;
            for (layer_info const& layer : s.layers) {
                if (training && (!layer.in_place || place == p.input)) place = plan.take(capacity * layer.out.size());
                if (!training && (!layer.in_place || place == p.input)) place = turns[turn ^= 1];
                p.outputs.push_back(place);
            }
            auto const feature = static_cast<std::size_t>(s.feature);
            p.feature = plan.take(capacity * feature);
            p.logits = plan.take(capacity * length);
            if (training) {
                p.saved = plan.take(s.saved);
                p.feature_gradient = plan.take(capacity * feature);
                p.logits_gradient = plan.take(capacity * length);
            }
        }
        if (training) plan.gradients = {plan.take(capacity * widest), plan.take(capacity * widest)};
        return plan;
    }

    std::vector<stage> stages;
    std::array<std::size_t, 2> gradients{}; ///< backward: layers write the gradient of their input to two places in turn
    std::size_t size = 0;

private:
    /// Every place begins on a cache line.
    std::size_t take(std::size_t count) {
        std::size_t const place = size;
        size += (count + 15) / 16 * 16;
        return place;
    }
};

} // namespace mcfa
