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
            for (std::size_t i = 0; i < s.layers.size(); ++i) {
                std::size_t const values = s.layers[i].out.size();
                widest = std::max(widest, values);
                if (!overwrites_its_input(s, i)) turn ^= 1;
                widest_of_turn[turn] = std::max(widest_of_turn[turn], values);
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
            for (std::size_t i = 0; i < s.layers.size(); ++i) {
                if (!overwrites_its_input(s, i)) place = training ? plan.take(capacity * s.layers[i].out.size()) : turns[turn ^= 1];
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
    /// A layer in place may, unless its input is the caller's window or what a layer in place before it keeps for its backward pass.
    static bool overwrites_its_input(stage_info const& s, std::size_t i) {
        return i > 0 && s.layers[i].in_place && !s.layers[i - 1].in_place;
    }

    /// Every place begins on a cache line.
    std::size_t take(std::size_t count) {
        std::size_t const place = size;
        size += (count + 15) / 16 * 16;
        return place;
    }
};

} // namespace mcfa
