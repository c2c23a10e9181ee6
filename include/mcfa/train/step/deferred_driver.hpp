// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/op/deferred.hpp>
#include <mcfa/train/step/step_state.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace mcfa {

/// The policy computes its steps on the backend, which keeps losses and features to itself: `on_backend<T, B>`.
template <class Policy, class T, class B>
concept policy_on_backend = requires { typename Policy::template on_backend<T, B>; };

/// Whether a training step may return before its results are there: the backend keeps them, and the policy either looks at no step or
/// computes on the backend.
template <class T, class B, class Policy>
inline constexpr bool may_defer = requires {
    requires B::defers;
    requires !weighting::policy_traits<Policy>::watches_steps || policy_on_backend<Policy, T, B>;
};

/// A policy's part on the backend, if it has one.
template <class Policy, class T, class B>
struct policy_part {
    explicit policy_part(weighting::setting const&) {}
};
template <class Policy, class T, class B>
    requires policy_on_backend<Policy, T, B>
struct policy_part<Policy, T, B> : Policy::template on_backend<T, B> {
    using Policy::template on_backend<T, B>::on_backend;
};

/// Runs a training step whose losses, weights and gradient norm stay in the backend's memory: the next step is submitted while this one
/// is computed. They are read every `period` steps and for the totals, so a loss that is not finite is found up to `period` steps late,
/// when parameters have moved. A backend that records its work (`steady`) does so here.
template <class T, class B, optimiser Optimiser, weighting::policy Policy>
class deferred_driver {
public:
    using state = step_state<T, B, Optimiser, Policy>;
    using policy_traits = weighting::policy_traits<Policy>;
    static constexpr int period = 50;

    explicit deferred_driver(state& s)
        : terms_(s.model.net().terms),
          weighted_(s.loss.weighted().size()),
          labelled_(terms_),
          base_factors_(terms_),
          factors_(terms_),
          squares_(2),
          flag_(1),
          weighted_terms_(weighted_),
          policy_(s.setting),
          host_labelled_(terms_),
          host_factors_(terms_),
          read_labelled_(terms_) {
        std::vector<int> const weighted_terms(s.loss.weighted().begin(), s.loss.weighted().end());
        if (weighted_ > 0) s.memory.run.copy_in(weighted_terms_.data(), weighted_terms.data(), weighted_);
        for (std::size_t j = 0; j < s.model.net().stages.size(); ++j) {
            stages_.emplace_back();
            stages_[j].means = stages_[j].losses = doubles(terms_);
            stages_[j].weights = stages_[j].weight_totals = doubles(weighted_);
        }
        clear_totals(s);
    }

    /// Returns when the step is submitted. `divergence_error` may come up to `period` steps late.
    void run(state& s, batch const& b, double rate_factor) {
        if (policy_moved_) send_policy(s);
        s.load(b);
        for (std::size_t k = 0; k < terms_; ++k) {
            host_labelled_[k] = s.loss.labelled()[k];
            s.totals.labelled[k] += host_labelled_[k];
            read_labelled_[k] += host_labelled_[k];
            host_factors_[k] = static_cast<T>(s.loss.scale(k) / static_cast<double>(b.size));
        }
        s.memory.run.copy_in(labelled_.data(), host_labelled_.data(), terms_);
        s.memory.run.copy_in(base_factors_.data(), host_factors_.data(), terms_);
        if constexpr (!policy_traits::watches_steps) weigh_beforehand(s);

        auto const work = [&] { ask(s, b.size, rate_factor); };
        if constexpr (requires { s.memory.run.steady(std::uint64_t{}, work); }) {
            if (s.loss.picks_hard()) work(); // the host looks at the losses on the way
            else s.memory.run.steady(b.size, work);
        } else {
            work();
        }
        if (++unread_ == period) read(s);
    }

    /// Fetches losses, weights and the gradient's norm. Throws `divergence_error` naming the first that is not finite.
    void read(state& s) {
        int const steps = std::exchange(unread_, 0);
        if (steps == 0) return;
        std::vector<double> since(terms_);
        for (std::size_t j = 0; j < stages_.size(); ++j) {
            fetch(s, s.totals.losses[j], stages_[j].losses);
            for (std::size_t k = 0; k < terms_; ++k) since[k] = s.totals.losses[j][k] - seen_[j][k];
            s.loss.take_means(j, since, read_labelled_);
            seen_[j] = s.totals.losses[j];
            if constexpr (policy_traits::watches_steps) {
                fetch(s, s.weights[j], stages_[j].weights);
                fetch(s, s.totals.weights[j], stages_[j].weight_totals);
            }
        }
        read_labelled_.assign(terms_, 0);
        double squares[2];
        s.memory.run.copy_out(squares, std::as_const(squares_).data(), 2);
        s.gradient_norm = std::sqrt(squares[0]);
        if (std::isfinite(squares[1])) return;
        if (steps > 1) throw divergence_error({"the gradient was not finite in one of the last ", steps, " steps"});
        throw divergence_error({"the gradient is not finite, first in tensor ", s.first_bad_gradient()});
    }

    void clear_totals(state& s) {
        for (stage_results& stage : stages_) {
            s.memory.run.fill_zero(stage.losses.data(), terms_);
            if (weighted_ > 0) s.memory.run.fill_zero(stage.weight_totals.data(), weighted_);
        }
        s.memory.run.fill_zero(squares_.data(), 2);
        s.memory.run.fill_zero(flag_.data(), 1);
        seen_.assign(stages_.size(), std::vector<double>(terms_));
        read_labelled_.assign(terms_, 0);
        unread_ = 0;
    }

    /// Brings the policy's state to the host, where it may be changed until the next step.
    void share_policy_state(state& s) {
        if constexpr (policy_traits::watches_steps)
            if (!policy_moved_) policy_.fetch(s.memory.run, s.remembered);
        policy_moved_ = true;
    }

private:
    using doubles = typename B::template buffer<double>;
    struct stage_results {
        doubles means, losses, weights, weight_totals;
    };

    /// Everything between the last value that comes in and the next.
    void ask(state& s, std::size_t batch, double rate_factor) {
        auto& run = s.memory.run;
        std::uint64_t const key = s.step_key();
        row<int const> const weighted_terms{weighted_terms_.data(), weighted_};
        forward_training(s.model, s.memory, batch, key, s.rates);
        for (std::size_t j = 0; j < stages_.size(); ++j) {
            stage_results& stage = stages_[j];
            s.loss.compute(s.memory, j);
            compute(run, step_losses<T>{.values = {s.loss.values(), batch, terms_},
                                        .labelled = {labelled_.data(), terms_},
                                        .means = {stage.means.data(), terms_},
                                        .totals = {stage.losses.data(), terms_},
                                        .flag = {flag_.data(), 1}});
            s.loss.keep_hard(s.memory, j);
            if constexpr (policy_traits::watches_steps)
                if (weighted_ > 0)
                    policy_.step(run, s.policy, j, {s.memory.feature(j), batch, s.model.net().stages[j].feature},
                                 {s.loss.row_weights(), batch}, {stage.means.data(), terms_}, weighted_terms,
                                 {stage.weights.data(), weighted_}, {stage.weight_totals.data(), weighted_});
            compute(run, term_factors<T>{.base = {base_factors_.data(), terms_},
                                         .weights = {stage.weights.data(), weighted_},
                                         .terms = weighted_terms,
                                         .factors = {factors_.data(), terms_}});
            s.loss.weigh_by(s.memory, j, factors_.data());
        }
        backward(s.model, s.memory, batch, s.gradients.data(), key, s.rates);
        compute(run, gradient_clip<T>{.largest = s.clip,
                                      .gradient = {s.gradients.data(), s.model.net().learned},
                                      .squares = {squares_.data(), 2},
                                      .flag = {flag_.data(), 1}});
        s.move_parameters(rate_factor, 1);
    }

    /// The weights of a policy that looks at no step, from the host.
    void weigh_beforehand(state& s) {
        for (std::size_t j = 0; j < stages_.size() && weighted_ > 0; ++j) {
            weighting::observation const nothing{.stage = static_cast<int>(j), .losses = {}, .features = {}, .gradient_norms = {}};
            policy_traits::weigh(s.policy, s.remembered, nothing, s.weights[j]);
            policy_traits::learn(s.policy, s.remembered, nothing);
            for (std::size_t i = 0; i < weighted_; ++i) s.totals.weights[j][i] += s.weights[j][i];
            s.memory.run.copy_in(stages_[j].weights.data(), s.weights[j].data(), weighted_);
        }
    }

    void send_policy(state& s) {
        policy_moved_ = false;
        if constexpr (policy_traits::watches_steps) policy_.send(s.memory.run, s.remembered);
    }

    static void fetch(state& s, std::vector<double>& to, doubles const& from) {
        if (!to.empty()) s.memory.run.copy_out(to.data(), from.data(), to.size());
    }

    std::size_t terms_, weighted_;
    doubles labelled_;
    typename state::buffer base_factors_, factors_;
    doubles squares_, flag_;
    typename B::template buffer<int> weighted_terms_; ///< positions of the weighted terms among all
    policy_part<Policy, T, B> policy_;
    std::vector<stage_results> stages_;
    std::vector<double> host_labelled_;
    std::vector<T> host_factors_;
    std::vector<double> read_labelled_;
    std::vector<std::vector<double>> seen_; ///< loss totals at the last reading
    int unread_ = 0;
    bool policy_moved_ = true; ///< the state on the host is the one that counts
};

} // namespace mcfa
