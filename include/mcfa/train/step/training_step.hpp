// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/train/step/deferred_driver.hpp>
#include <mcfa/train/step/immediate_driver.hpp>
#include <mcfa/train/step/step_state.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace mcfa {

/// How steps run unless said otherwise: asynchronously if backend and policy allow it.
template <class T, class B, class Optimiser, class Policy>
using step_driver =
    std::conditional_t<may_defer<T, B, Policy>, deferred_driver<T, B, Optimiser, Policy>, immediate_driver<T, B, Optimiser, Policy>>;

/// Steps of joint training and everything they remember: gradients, the optimiser's moments, the policy's state, the step count.
template <class T, class B, optimiser Optimiser, weighting::policy Policy, class Driver = step_driver<T, B, Optimiser, Policy>>
class training_step {
public:
    using scalar = T;
    using driver = Driver;

    /// `for_driver` is what else the driver is made of.
    template <class... ForDriver>
    training_step(basic_model<T, B>& m, Optimiser optimiser, Policy policy, std::size_t capacity,
                  std::map<std::string, double> const& scales, double clip_norm, mcfa::seed seed, double hard_example_share = 1,
                  part_rates rates = {}, ForDriver const&... for_driver)
        : state_(m, optimiser, std::move(policy), capacity, scales, clip_norm, seed, hard_example_share, std::move(rates)),
          driver_(state_, for_driver...) {}
    training_step(training_step const&) = delete;
    training_step& operator=(training_step const&) = delete;

    /// Data to losses to weights to update. `rate_factor` is the schedule's factor on the optimiser's rate.
    /// Throws `divergence_error` if a loss or the gradient is not finite: before any parameter has moved, or, if the step is
    /// asynchronous, up to `deferred_driver::period` steps late.
    void run(batch const& b, double rate_factor) { driver_.run(state_, b, rate_factor); }
    /// Over ranks, as `ranks_driver::run` has it.
    template <class Ranks, class Batches>
    auto run(Ranks& ranks, Batches const& batches, double rate_factor, bool wants_stop) {
        return driver_.run(state_, ranks, batches, rate_factor, wants_stop);
    }
    /// Over ranks, the largest number of windows in a block.
    std::size_t block() const
        requires requires(Driver const& d, step_state<T, B, Optimiser, Policy> const& s) { d.block(s); }
    {
        return driver_.block(state_);
    }

    void clear_totals() {
        state_.clear_totals();
        driver_.clear_totals(state_);
    }
    /// Throws `divergence_error` as `run` does.
    step_totals const& totals() {
        driver_.read(state_);
        return state_.totals;
    }

    /// Throws `divergence_error` naming the first tensor of the model that is not finite, as a step can leave it at an absurd rate.
    void check_model() {
        if (auto const bad = state_.first_bad_tensor(state_.model.data(), state_.model.net().size(), true); !bad.empty())
            throw divergence_error({"tensor ", bad, " is not finite"});
    }

    joint_loss<T, B> const& losses() const { return state_.loss; }
    /// The weights that the last step used for each weighted term of stage j: positive, mean 1. Throws as `run` does.
    std::vector<double> const& weights(std::size_t j) {
        driver_.read(state_);
        return state_.weights[j];
    }
    /// Of the last stage, the share of pairs of attributes in conflict since the totals were cleared; NaN where it is not measured.
    double conflict_share() const { return state_.totals.conflicts.back().share(); }
    /// Norm of the last gradient, before clipping. Throws as `run` does.
    double gradient_norm() {
        driver_.read(state_);
        return state_.gradient_norm;
    }
    std::int64_t steps() const { return state_.steps; }
    void set_steps(std::int64_t steps) { state_.steps = steps; }

    basic_model<T, B>& model() { return state_.model; }
    /// The stream of work on which steps run.
    typename B::execution& execution() { return state_.memory.run; }
    Optimiser const& optimiser() const { return state_.chosen; }
    Policy const& policy() const { return state_.policy; }
    /// What the policy remembers; it may be changed until the next step.
    typename weighting::policy_traits<Policy>::state& policy_state() {
        driver_.share_policy_state(state_);
        return state_.remembered;
    }
    /// Calls f(name, std::vector<double>&) for each part of a state of the policy.
    template <class F>
    void visit_policy(typename weighting::policy_traits<Policy>::state& s, F&& f) const {
        weighting::policy_traits<Policy>::visit(state_.policy, s, f);
    }
    T const* gradients() const { return state_.gradients.data(); }
    T* moment(std::size_t i) { return state_.moments[i].data(); }
    /// Over ranks, where each keeps a share of the moments: `moment` has them up to `divide_moments`, and on rank 0 from `collect_moments` to
    /// `release_moments`.
    template <class Ranks>
    void divide_moments(Ranks& ranks) {
        driver_.divide_moments(state_, ranks);
    }
    template <class Ranks>
    void collect_moments(Ranks& ranks) {
        driver_.collect_moments(state_, ranks);
    }
    template <class Ranks>
    void release_moments(Ranks&) {
        driver_.release_moments(state_);
    }

private:
    step_state<T, B, Optimiser, Policy> state_;
    Driver driver_;
};

} // namespace mcfa
