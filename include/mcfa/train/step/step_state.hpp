// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/model/pass/backward.hpp>
#include <mcfa/train/loss/joint_loss.hpp>
#include <mcfa/train/optimiser.hpp>
#include <mcfa/weighting/conflict.hpp>
#include <mcfa/weighting/policy.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace mcfa {

/// What steps saw since the totals were cleared: per stage and term the sum of losses over labelled samples and the sum of weights over
/// steps; per stage the conflicts of gradients, where the policy is given their Gramian.
struct step_totals {
    std::vector<double> labelled;
    std::vector<std::vector<double>> losses;
    std::vector<std::vector<double>> weights;
    std::vector<weighting::conflict_meter> conflicts;
};

/// Everything that joint training remembers from step to step, and the parts of a step that its drivers share.
template <class T, class B, optimiser Optimiser, weighting::policy Policy>
struct step_state {
    using buffer = typename B::template buffer<T>;
    using policy_traits = weighting::policy_traits<Policy>;

    step_state(basic_model<T, B>& m, Optimiser given_optimiser, Policy given_policy, std::size_t capacity,
               std::map<std::string, double> const& scales, double largest_norm, mcfa::seed seed, double hard_example_share,
               part_rates by_part)
        : model(m),
          chosen(given_optimiser),
          policy(std::move(given_policy)),
          memory(m, capacity, purpose::training),
          loss(m, capacity, scales, hard_example_share),
          gradients(m.net().learned),
          weights(m.net().stages.size()),
          rates(std::move(by_part)),
          clip(largest_norm),
          key(split_key(seed.value, 0x73746570)) {
        if (!m.trainable()) throw option_error("the model is an inference_model, which has no backward pass; train a model");
        check_judges_windows(m.net(), "trainer");
        for (auto& moment : moments) moment = buffer(m.net().learned);
        setting.key = split_key(seed.value, 0x706f6c);
        for (stage_info const& stage : m.net().stages) setting.stages.push_back({static_cast<int>(loss.weighted().size()), stage.feature});
        if (!loss.weighted().empty()) remembered = policy_traits::start(policy, setting);
        for (auto& stage : weights) stage.assign(loss.weighted().size(), 1.0);
        clear_totals();
    }

    void load(batch const& b) {
        for (std::size_t j = 0; j < model.net().stages.size(); ++j) memory.load(j, b.windows[j], b.size);
        loss.load(memory, b);
    }

    /// The key of this step's random numbers.
    std::uint64_t step_key() const { return split_key(key, static_cast<std::uint64_t>(steps)); }

    /// One optimiser call a tensor that is not frozen; weights decay, biases and normalisation do not.
    void move_parameters(double rate_factor, double gradient_factor) {
        ++steps;
        for (tensor_info const& tensor : model.tensors()) {
            if (!moves(tensor)) continue;
            std::array<T*, Optimiser::moments> at;
            for (std::size_t i = 0; i < at.size(); ++i) at[i] = moments[i].data() + tensor.first;
            move(tensor, tensor.first, tensor.size(), rate_factor, gradient_factor, at);
        }
    }
    bool moves(tensor_info const& tensor) const { return tensor.spec.role != parameter_role::statistic && rates.of(tensor) > 0; }
    /// Moves `count` parameters of a tensor, from parameter `first` of the model on; `at` are their moments.
    void move(tensor_info const& tensor, std::size_t first, std::size_t count, double rate_factor, double gradient_factor,
              std::array<T*, Optimiser::moments> const& at) {
        step_setting const given{rate_factor * rates.of(tensor), gradient_factor, steps, tensor.spec.role == parameter_role::weight};
        chosen.template apply<B>(memory.run, given, count, model.data() + first, std::as_const(gradients).data() + first, at);
    }

    void clear_totals() {
        std::size_t const stages = model.net().stages.size();
        totals.labelled.assign(static_cast<std::size_t>(model.net().terms), 0);
        totals.losses.assign(stages, totals.labelled);
        totals.weights.assign(stages, std::vector<double>(loss.weighted().size()));
        totals.conflicts.assign(stages, {});
    }

    /// The first tensor whose values in `all` (in the order of the model's own) are not finite; empty if there is none.
    std::string first_bad_tensor(T const* all, std::size_t count, bool statistics) {
        auto const finite = [&](T const* values, std::size_t n) { return std::isfinite(squares_of(memory.run, row<T const>{values, n})); };
        if (finite(all, count)) return {};
        for (tensor_info const& tensor : model.tensors())
            if ((statistics || tensor.spec.role != parameter_role::statistic) && !finite(all + tensor.first, tensor.size()))
                return tensor.name;
        return "(none alone: their squares' sum overflows)";
    }
    std::string first_bad_gradient() { return first_bad_tensor(std::as_const(gradients).data(), model.net().learned, false); }

    basic_model<T, B>& model;
    Optimiser chosen;
    Policy policy;
    workspace<T, B> memory;
    joint_loss<T, B> loss;
    buffer gradients;
    std::array<buffer, Optimiser::moments> moments;
    weighting::setting setting;
    typename policy_traits::state remembered{}; ///< by the policy
    std::vector<std::vector<double>> weights;   ///< of the last step, by stage and weighted term
    step_totals totals;
    part_rates rates;
    double clip;
    double gradient_norm = 0; ///< of the last step, before clipping
    std::uint64_t key;
    std::int64_t steps = 0;
};

} // namespace mcfa
