// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/op/deferred.hpp>
#include <mcfa/train/step/training_step.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace mcfa {

/// The policy needs no look at a step: its weights are known beforehand.
template <class Policy>
concept sees_no_steps = std::bool_constant<!Policy::watches_steps>::value;

/// The policy's steps are an operation of the backend.
template <class Policy>
concept runs_on_backend = requires(Policy const p, weighting::setting::stage s) {
    { p.operation(s) } -> std::same_as<harder_first_rule>;
};

/// Whether a training step can go without waiting for its results.
template <class B, class Policy>
inline constexpr bool may_defer = requires {
    requires B::defers;
    requires sees_no_steps<Policy> || runs_on_backend<Policy>;
};

/// A training step whose losses, weights and gradient norm stay in the backend's memory: the host asks for the next step while this one is
/// computed. They are read every `period` steps and by `totals()`; so a loss that is not finite is found up to so many steps late, when
/// parameters have moved. A backend that records its work (`steady`) does so here.
template <class T, class B, optimiser Optimiser, weighting::policy Policy>
class deferred_step : public training_step<T, B, Optimiser, Policy> {
    using base = training_step<T, B, Optimiser, Policy>;
    using doubles = typename B::template buffer<double>;
    using typename base::buffer;

public:
    static constexpr int period = 50;

    deferred_step(basic_model<T, B>& m, Optimiser optimiser, Policy policy, std::size_t capacity,
                  std::map<std::string, double> const& scales, double clip_norm, mcfa::seed seed, double hard_share = 1)
        : base(m, optimiser, std::move(policy), capacity, scales, clip_norm, seed, hard_share),
          terms_(static_cast<std::size_t>(m.net().terms)),
          weighted_(this->loss_.weighted().size()),
          labelled_(terms_),
          base_factors_(terms_),
          factors_(terms_),
          squares_(2),
          spoiled_(1),
          places_(weighted_),
          host_labelled_(terms_),
          host_factors_(terms_),
          read_labelled_(terms_) {
        std::vector<int> const places(this->loss_.weighted().begin(), this->loss_.weighted().end());
        if (weighted_ > 0) on().copy_in(places_.data(), places.data(), weighted_);
        for (stage_info const& stage : m.net().stages) {
            stage_state s;
            s.means = s.losses = doubles(terms_);
            s.weights = s.weight_totals = doubles(weighted_);
            if constexpr (runs_on_backend<Policy>) {
                s.unit = doubles(weighted_ * static_cast<std::size_t>(stage.feature));
                s.bias = doubles(weighted_);
            }
            stages_.push_back(std::move(s));
        }
        for (std::size_t k = 0; k < terms_; ++k) scales_.push_back(this->loss_.scale(k));
        clear_totals();
    }

    /// As `training_step::run`, but returns when the step is asked for. `divergence_error` may come up to `period` steps late.
    void run(batch const& b, double rate_factor) {
        if (policy_moved_) send_policy();
        this->load(b);
        for (std::size_t k = 0; k < terms_; ++k) {
            host_labelled_[k] = this->loss_.labelled()[k];
            this->totals_.labelled[k] += host_labelled_[k];
            read_labelled_[k] += host_labelled_[k];
            host_factors_[k] = static_cast<T>(scales_[k] / static_cast<double>(b.size));
        }
        on().copy_in(labelled_.data(), host_labelled_.data(), terms_);
        on().copy_in(base_factors_.data(), host_factors_.data(), terms_);
        if constexpr (sees_no_steps<Policy>) weigh_beforehand();

        auto const work = [&] { ask(b.size, rate_factor); };
        if constexpr (requires { on().steady(std::uint64_t{}, work); }) {
            if (this->loss_.picks_hard()) work(); // the host looks at the losses on the way
            else on().steady(b.size, work);
        } else {
            work();
        }
        if (++unread_ == period) read();
    }

    void clear_totals() {
        base::clear_totals();
        for (stage_state& s : stages_) {
            on().fill_zero(s.losses.data(), terms_);
            if (weighted_ > 0) on().fill_zero(s.weight_totals.data(), weighted_);
        }
        on().fill_zero(squares_.data(), 2);
        on().fill_zero(spoiled_.data(), 1);
        for (auto& stage : seen_) stage.assign(terms_, 0);
        seen_.resize(stages_.size(), std::vector<double>(terms_));
        read_labelled_.assign(terms_, 0);
        unread_ = 0;
    }

    step_totals const& totals() {
        read();
        return this->totals_;
    }

    /// The policy's state as it is now; it may be changed until the next step.
    typename Policy::state& policy_state() {
        if constexpr (runs_on_backend<Policy>)
            if (!policy_moved_) fetch_policy();
        policy_moved_ = true;
        return this->state_;
    }

private:
    struct stage_state {
        doubles means, losses, weights, weight_totals, unit, bias;
    };

    typename B::execution& on() { return this->workspace_.run; }

    /// Everything between the last value that comes in and the next.
    void ask(std::size_t batch, double rate_factor) {
        std::uint64_t const key = split_key(this->key_, static_cast<std::uint64_t>(this->steps_));
        int const rows = static_cast<int>(batch);
        forward_training(this->model_, this->workspace_, batch, key);
        for (std::size_t j = 0; j < stages_.size(); ++j) {
            stage_state& s = stages_[j];
            this->loss_.compute(this->workspace_, j);
            kernel<step_losses, B>::add(on(), step_losses{static_cast<int>(terms_)}, rows, this->loss_.values(),
                                        std::as_const(labelled_).data(), s.means.data(), s.losses.data(), spoiled_.data());
            this->loss_.keep_hard(this->workspace_, j);
            if constexpr (runs_on_backend<Policy>)
                if (weighted_ > 0) {
                    stage_info const& stage = this->model_.net().stages[j];
                    kernel<harder_first_rule, B>::step(on(), this->policy_.operation({static_cast<int>(weighted_), stage.feature}), rows,
                                                       static_cast<T const*>(this->workspace_.feature(j)), this->loss_.row_weights(),
                                                       std::as_const(s.means).data(), std::as_const(places_).data(), s.unit.data(),
                                                       s.bias.data(), s.weights.data(), s.weight_totals.data());
                }
            term_factors const op{static_cast<int>(terms_), static_cast<int>(weighted_)};
            kernel<term_factors, B>::apply(on(), op, std::as_const(base_factors_).data(), std::as_const(s.weights).data(),
                                           std::as_const(places_).data(), factors_.data());
            this->loss_.weigh_by(this->workspace_, j, factors_.data());
        }
        backward(this->model_, this->workspace_, batch, this->gradients_.data(), key);
        kernel<gradient_norm, B>::apply(on(), gradient_norm{this->clip_norm_}, this->model_.net().learned, this->gradients_.data(),
                                        squares_.data(), spoiled_.data());
        this->move_parameters(rate_factor, 1);
    }

    /// The weights of a policy that looks at no step, from the host.
    void weigh_beforehand() {
        for (std::size_t j = 0; j < stages_.size() && weighted_ > 0; ++j) {
            weighting::observation const nothing{static_cast<int>(j), {}, {}, {}};
            this->policy_.weigh(this->state_, nothing, this->weights_[j]);
            this->policy_.learn(this->state_, nothing);
            for (std::size_t i = 0; i < weighted_; ++i) this->totals_.weights[j][i] += this->weights_[j][i];
            on().copy_in(stages_[j].weights.data(), this->weights_[j].data(), weighted_);
        }
    }

    /// Fetches losses, weights and the gradient's norm. Throws `divergence_error` naming the first that is not finite.
    void read() {
        int const steps = std::exchange(unread_, 0);
        if (steps == 0) return;
        std::vector<double> since(terms_);
        for (std::size_t j = 0; j < stages_.size(); ++j) {
            fetch(this->totals_.losses[j], stages_[j].losses);
            for (std::size_t k = 0; k < terms_; ++k) since[k] = this->totals_.losses[j][k] - seen_[j][k];
            this->loss_.settle(j, since, read_labelled_);
            seen_[j] = this->totals_.losses[j];
            if constexpr (runs_on_backend<Policy>) {
                fetch(this->weights_[j], stages_[j].weights);
                fetch(this->totals_.weights[j], stages_[j].weight_totals);
            }
        }
        read_labelled_.assign(terms_, 0);
        double squares[2];
        on().copy_out(squares, std::as_const(squares_).data(), 2);
        this->gradient_norm_ = std::sqrt(squares[0]);
        if (std::isfinite(squares[1])) return;
        if (steps > 1) throw divergence_error({"the gradient was not finite in one of the last ", steps, " steps"});
        throw divergence_error(
            {"the gradient is not finite, first in tensor ", this->first_bad_tensor(this->gradients(), this->model_.net().learned, false)});
    }

    void fetch(std::vector<double>& to, doubles const& from) {
        if (!to.empty()) on().copy_out(to.data(), from.data(), to.size());
    }

    /// The unit's weights are (attributes, features) in the policy's state, and the other way round here.
    void send_policy() {
        policy_moved_ = false;
        if constexpr (runs_on_backend<Policy>)
            for (std::size_t j = 0; j < stages_.size() && weighted_ > 0; ++j) {
                auto const features = static_cast<std::size_t>(this->model_.net().stages[j].feature);
                auto const weight = this->state_.weight.at(static_cast<int>(j), weighted_ * features);
                std::vector<double> turned(weight.size());
                for (std::size_t k = 0; k < weighted_; ++k)
                    for (std::size_t f = 0; f < features; ++f) turned[f * weighted_ + k] = weight[k * features + f];
                on().copy_in(stages_[j].unit.data(), turned.data(), turned.size());
                on().copy_in(stages_[j].bias.data(), this->state_.bias.at(static_cast<int>(j), weighted_).data(), weighted_);
            }
    }
    void fetch_policy() {
        for (std::size_t j = 0; j < stages_.size() && weighted_ > 0; ++j) {
            auto const features = static_cast<std::size_t>(this->model_.net().stages[j].feature);
            auto const weight = this->state_.weight.at(static_cast<int>(j), weighted_ * features);
            std::vector<double> turned(weight.size());
            on().copy_out(turned.data(), std::as_const(stages_[j].unit).data(), turned.size());
            for (std::size_t k = 0; k < weighted_; ++k)
                for (std::size_t f = 0; f < features; ++f) weight[k * features + f] = turned[f * weighted_ + k];
            on().copy_out(this->state_.bias.at(static_cast<int>(j), weighted_).data(), std::as_const(stages_[j].bias).data(), weighted_);
        }
    }

    std::size_t terms_, weighted_;
    doubles labelled_;
    buffer base_factors_, factors_;
    doubles squares_, spoiled_;
    typename B::template buffer<int> places_;
    std::vector<stage_state> stages_;
    std::vector<double> host_labelled_;
    std::vector<T> host_factors_;
    std::vector<double> scales_, read_labelled_;
    std::vector<std::vector<double>> seen_; ///< loss totals at the last reading
    int unread_ = 0;
    bool policy_moved_ = true; ///< the state on the host is the one that counts
};

} // namespace mcfa
