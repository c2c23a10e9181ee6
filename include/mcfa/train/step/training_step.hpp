// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/model/pass/backward.hpp>
#include <mcfa/train/loss/joint_loss.hpp>
#include <mcfa/train/optimiser.hpp>
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

/// What steps saw since `clear_totals`: per stage and term the sum of losses over labelled samples and the sum of weights over steps.
struct step_totals {
    std::vector<double> labelled;
    std::vector<std::vector<double>> losses;
    std::vector<std::vector<double>> weights;
};

/// One step of joint training and everything it remembers: gradients, the optimiser's moments, the policy's state, the step count.
template <class T, class B, optimiser Optimiser, weighting::policy Policy>
class training_step {
public:
    using scalar = T;

    training_step(basic_model<T, B>& m, Optimiser optimiser, Policy policy, std::size_t capacity,
                  std::map<std::string, double> const& scales, double clip_norm, mcfa::seed seed, double hard_share = 1)
        : model_(m),
          optimiser_(optimiser),
          policy_(std::move(policy)),
          workspace_(m, capacity, purpose::training),
          loss_(m.net(), capacity, scales, hard_share),
          gradients_(m.net().learned),
          weights_(m.net().stages.size()),
          clip_norm_(clip_norm),
          key_(split_key(seed.value, 0x73746570)) {
        for (auto& moment : moments_) moment = buffer(model_.net().learned);
        weighting::setting given;
        for (stage_info const& stage : m.net().stages) given.stages.push_back({static_cast<int>(loss_.weighted().size()), stage.feature});
        given.key = split_key(seed.value, 0x706f6c);
        if (!loss_.weighted().empty()) state_ = policy_.start(given);
        for (auto& stage : weights_) stage.assign(loss_.weighted().size(), 1.0);
        clear_totals();
    }

    /// Data to losses to weights to update. `rate_factor` is the schedule's factor on the optimiser's rate.
    /// Throws `divergence_error`, before any parameter has moved, where a loss or the gradient is not finite.
    void run(batch const& b, double rate_factor) {
        load(b);
        std::uint64_t const key = split_key(key_, static_cast<std::uint64_t>(steps_));
        forward_training(model_, workspace_, b.size, key);
        for (std::size_t j = 0; j < model_.net().stages.size(); ++j) loss_.evaluate(workspace_, j);
        for (std::size_t j = 0; j < model_.net().stages.size(); ++j) {
            if (!loss_.weighted().empty()) {
                auto const seen = loss_.template observe<Policy>(model_, workspace_, j);
                policy_.weigh(state_, seen, weights_[j]);
                policy_.learn(state_, seen);
            }
            loss_.weigh(workspace_, j, weights_[j]);
        }
        backward(model_, workspace_, b.size, gradients_.data(), key);
        update(rate_factor);
        workspace_.run.finish(); // from here on others may read the parameters
        add_to_totals();
    }

    void clear_totals() {
        std::size_t const stages = model_.net().stages.size();
        totals_.labelled.assign(static_cast<std::size_t>(model_.net().terms), 0);
        totals_.losses.assign(stages, totals_.labelled);
        totals_.weights.assign(stages, std::vector<double>(loss_.weighted().size()));
    }
    step_totals const& totals() { return totals_; }

    /// Throws `divergence_error` naming the first tensor of the model that is not finite, as a step can leave it at an absurd rate.
    void check_model() {
        if (auto const bad = first_bad_tensor(model_.data(), model_.net().size(), true); !bad.empty())
            throw divergence_error({"tensor ", bad, " is not finite"});
    }

    joint_loss<T, B> const& losses() const { return loss_; }
    /// The weights that the last step used for each weighted term of stage j: positive, mean 1.
    std::vector<double> const& weights(std::size_t j) const { return weights_[j]; }
    /// Norm of the last gradient, before clipping.
    double gradient_norm() const { return gradient_norm_; }
    std::int64_t steps() const { return steps_; }
    void set_steps(std::int64_t steps) { steps_ = steps; }

    basic_model<T, B>& model() { return model_; }
    workspace<T, B>& space() { return workspace_; }
    Optimiser const& rule() const { return optimiser_; }
    Policy const& policy() const { return policy_; }
    typename Policy::state& policy_state() { return state_; }
    T const* gradients() const { return gradients_.data(); }
    T* moment(std::size_t i) { return moments_[i].data(); }

protected:
    using buffer = typename B::template buffer<T>;

    void load(batch const& b) {
        for (std::size_t j = 0; j < model_.net().stages.size(); ++j) workspace_.load(j, b.windows[j], b.size);
        loss_.load(workspace_, b);
    }

    void add_to_totals() {
        for (std::size_t k = 0; k < totals_.labelled.size(); ++k) {
            double const count = loss_.labelled()[k];
            totals_.labelled[k] += count;
            for (std::size_t j = 0; count > 0 && j < totals_.losses.size(); ++j) totals_.losses[j][k] += count * loss_.means(j)[k];
        }
        for (std::size_t j = 0; j < weights_.size(); ++j)
            for (std::size_t i = 0; i < weights_[j].size(); ++i) totals_.weights[j][i] += weights_[j][i];
    }

    void update(double rate_factor) {
        gradient_norm_ = std::sqrt(kernel<reduction, B>::sum_of_squares(workspace_.run, model_.net().learned, gradients()));
        if (!std::isfinite(gradient_norm_))
            throw divergence_error(
                {"the gradient is not finite, first in tensor ", first_bad_tensor(gradients(), model_.net().learned, false)});
        bool const clipped = clip_norm_ > 0 && gradient_norm_ > clip_norm_;
        move_parameters(rate_factor, clipped ? clip_norm_ / gradient_norm_ : 1);
    }

    void move_parameters(double rate_factor, double gradient_factor) {
        step_setting setting{rate_factor, gradient_factor, ++steps_, true};
        for (tensor_info const& tensor : model_.tensors()) {
            if (tensor.spec.role == parameter_role::statistic) continue;
            setting.decays = tensor.spec.role == parameter_role::weight;
            std::array<T*, Optimiser::moments> at;
            for (std::size_t i = 0; i < at.size(); ++i) at[i] = moments_[i].data() + tensor.first;
            optimiser_.template apply<B>(workspace_.run, setting, tensor.size(), model_.data() + tensor.first,
                                         std::as_const(gradients_).data() + tensor.first, at);
        }
    }

    /// The first tensor whose values in `all` (in the order of the model's own) are not finite; empty if there is none.
    std::string first_bad_tensor(T const* all, std::size_t count, bool statistics) {
        auto const finite = [&](T const* values, std::size_t n) {
            return std::isfinite(kernel<reduction, B>::sum_of_squares(workspace_.run, n, values));
        };
        if (finite(all, count)) return {};
        for (tensor_info const& tensor : model_.tensors())
            if ((statistics || tensor.spec.role != parameter_role::statistic) && !finite(all + tensor.first, tensor.size()))
                return tensor.name;
        return "(none alone: their squares' sum overflows)";
    }

    basic_model<T, B>& model_;
    Optimiser optimiser_;
    Policy policy_;
    workspace<T, B> workspace_;
    joint_loss<T, B> loss_;
    buffer gradients_;
    std::array<buffer, Optimiser::moments> moments_;
    typename Policy::state state_{};
    std::vector<std::vector<double>> weights_;
    step_totals totals_;
    double clip_norm_;
    double gradient_norm_ = 0;
    std::uint64_t key_;
    std::int64_t steps_ = 0;
};

} // namespace mcfa
