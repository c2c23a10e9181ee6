// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/op/update.hpp>

#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace mcfa {

/// What changes from step to step: the schedule's factor on the rate, the scale of clipped gradients, the number of this step
/// (from 1), and whether these parameters decay (weights do, biases and normalisation do not).
struct step_setting {
    double rate_factor = 1;
    double gradient_factor = 1;
    std::int64_t step = 1;
    bool decays = true;
};

/// An optimiser holds options only; its `moments` running values per parameter belong to the trainer, which saves them.
///
///     template <class B, class T>
///     void apply(typename B::execution& run, step_setting s, std::size_t count, T* p, T const* g, std::array<T*, moments> const& moment) const;
///
/// moves `count` parameters p of one tensor along their gradients g, all in the backend's memory.
/// Optional: `options()`, names and values of all but the rate, which must be the same when a training is resumed; `check()`, which throws
/// option_error where an option makes no sense, before a training begins; `static constexpr bool elementwise = true` if each parameter moves by its
/// own gradient and moments alone, so that ranks may move parts of a tensor each.
template <class O>
concept optimiser = requires(O o) {
    { O::name } -> std::convertible_to<std::string_view>;
    { O::moments } -> std::convertible_to<std::size_t>;
    { o.rate } -> std::convertible_to<double>;
};

/// Whether an optimiser says that it moves each parameter by itself.
template <class O>
constexpr bool is_elementwise() {
    if constexpr (requires { O::elementwise; }) return O::elementwise;
    else return false;
}

/// An optimiser that moves parameters of type T on backend B.
template <class O, class T, class B>
concept optimiser_of =
    optimiser<O> && requires(O const o, typename B::execution& run, step_setting const& setting, T* p, T const* g,
                             std::array<T*, O::moments> const& moment) { o.template apply<B>(run, setting, std::size_t{}, p, g, moment); };

/// Names what a type lacks to be an optimiser.
template <class O, class T, class B>
struct optimiser_lacks {
    static_assert(
        requires {
            { O::name } -> std::convertible_to<std::string_view>;
        }, "mcfa: an optimiser needs `static constexpr std::string_view name`; see <optimiser> above");
    static_assert(
        requires {
            { O::moments } -> std::convertible_to<std::size_t>;
        }, "mcfa: an optimiser needs `static constexpr std::size_t moments`, its running values per parameter; see <optimiser> above");
    static_assert(
        requires(O o) {
            { o.rate } -> std::convertible_to<double>;
        }, "mcfa: an optimiser needs `double rate`, by which a schedule multiplies; see <optimiser> above");
    static_assert(
        optimiser_of<O, T, B> || !optimiser<O>,
        "mcfa: an optimiser needs `template <class B, class T> void apply(typename B::execution&, step_setting, std::size_t count, "
        "T* p, T const* g, std::array<T*, moments> const& moment) const`; see <optimiser> above");
};

/// Stochastic gradient descent; the formula stands at `op/update.hpp`.
struct sgd {
    static constexpr std::string_view name = "sgd";
    static constexpr std::size_t moments = 1;
    static constexpr bool elementwise = true;
    double rate = 0.01;
    double momentum = 0.9;   ///< 0 to below 1
    double weight_decay = 0; ///< not negative

    /// Throws option_error for an option out of its range.
    void check() const {
        if (!(momentum >= 0 && momentum < 1)) throw option_error({"sgd.momentum is ", momentum, ", must be at least 0 and below 1"});
        if (!(weight_decay >= 0 && std::isfinite(weight_decay)))
            throw option_error({"sgd.weight_decay is ", weight_decay, ", must be finite and not negative"});
    }

    std::map<std::string, double> options() const { return {{"momentum", momentum}, {"weight_decay", weight_decay}}; }

    template <class B, class T>
    void apply(typename B::execution& run, step_setting s, std::size_t count, T* p, T const* g,
               std::array<T*, moments> const& moment) const {
        compute(run, sgd_update<T>{.p = {p, count},
                                   .g = {g, count},
                                   .v = {moment[0], count},
                                   .rate = rate * s.rate_factor,
                                   .momentum = momentum,
                                   .weight_decay = s.decays ? weight_decay : 0,
                                   .factor = s.gradient_factor});
    }
};

/// What Adam and AdamW share; `Decoupled` says whether weight decay acts on the parameter itself or through the gradient.
template <bool Decoupled>
struct adaptive_moments {
    static constexpr std::string_view name = Decoupled ? "adamw" : "adam";
    static constexpr std::size_t moments = 2;
    static constexpr bool elementwise = true;
    double rate = 1e-3;
    double beta1 = 0.9;                         ///< 0 to below 1
    double beta2 = 0.999;                       ///< 0 to below 1
    double epsilon = 1e-8;                      ///< positive
    double weight_decay = Decoupled ? 0.01 : 0; ///< not negative

    /// Throws option_error for an option out of its range.
    void check() const {
        for (auto const& [option, beta] : {std::pair{"beta1", beta1}, std::pair{"beta2", beta2}})
            if (!(beta >= 0 && beta < 1)) throw option_error({name, ".", option, " is ", beta, ", must be at least 0 and below 1"});
        if (!(epsilon > 0 && std::isfinite(epsilon))) throw option_error({name, ".epsilon is ", epsilon, ", must be positive and finite"});
        if (!(weight_decay >= 0 && std::isfinite(weight_decay)))
            throw option_error({name, ".weight_decay is ", weight_decay, ", must be finite and not negative"});
    }

    std::map<std::string, double> options() const {
        return {{"beta1", beta1}, {"beta2", beta2}, {"epsilon", epsilon}, {"weight_decay", weight_decay}};
    }

    template <class B, class T>
    void apply(typename B::execution& run, step_setting s, std::size_t count, T* p, T const* g,
               std::array<T*, moments> const& moment) const {
        compute(run, adam_update<T>{.p = {p, count},
                                    .g = {g, count},
                                    .m = {moment[0], count},
                                    .v = {moment[1], count},
                                    .rate = rate * s.rate_factor,
                                    .beta1 = beta1,
                                    .beta2 = beta2,
                                    .epsilon = epsilon,
                                    .weight_decay = s.decays ? weight_decay : 0,
                                    .decoupled = Decoupled,
                                    .correction1 = 1 - std::pow(beta1, static_cast<double>(s.step)),
                                    .correction2 = 1 - std::pow(beta2, static_cast<double>(s.step)),
                                    .factor = s.gradient_factor});
    }
};

/// Adam, Kingma and Ba (ICLR 2015); the formula stands at `op/update.hpp`.
using adam = adaptive_moments<false>;
/// AdamW, Loshchilov and Hutter (ICLR 2019).
using adamw = adaptive_moments<true>;

} // namespace mcfa
