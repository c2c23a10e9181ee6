// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/view.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mcfa::weighting {

/// What a policy receives before training: for each stage how many weighted terms (attributes) there are and how long its feature is.
struct setting {
    struct stage {
        int attributes = 0;
        int features = 0;
    };
    std::vector<stage> stages;
    std::uint64_t key = 0; ///< for policies that draw numbers or initialise parameters of their own
};

/// What a policy sees of one stage in one training step. Everything here is held constant: no gradient flows back through it.
struct observation {
    int stage = 0;
    std::span<double const> losses;         ///< per attribute, mean over the batch's labelled samples; NaN if there was none
    std::span<double const> features;       ///< mean of the stage's feature over samples with any attribute label
    std::span<double const> gradient_norms; ///< per attribute, norm of its unweighted loss's gradient at the feature; empty
                                            ///< unless the policy has `static constexpr bool wants_gradient_norms = true`
    /// Inner products of the attributes' gradients at the feature, those of their unweighted losses' sums over the batch, divided by its
    /// size: symmetric, positive semidefinite, squared norms on the diagonal, 0 where an attribute has no label. K x K, or empty unless
    /// the policy has `static constexpr bool wants_gramian = true`.
    matrix<double const> gramian{};
};

/// What a rule without memory remembers.
struct no_state {};

template <class P>
struct policy_state {
    using type = no_state;
};
template <class P>
    requires requires { typename P::state; }
struct policy_state<P> {
    using type = typename P::state;
};

template <class P>
concept weighs_by_state = requires(P const p, typename policy_state<P>::type& s, observation const& seen, std::span<double> weights) {
    p.weigh(s, seen, weights);
};
template <class P>
concept weighs_alone = requires(P const p, observation const& seen, std::span<double> weights) { p.weigh(seen, weights); };

/// A rule that turns what is seen into one positive weight per stage and attribute, of mean 1 per stage. It holds options only:
///
///     static constexpr std::string_view name;
///     void weigh(observation const&, std::span<double> weights) const;             // fills the weights that this step uses
///
/// Optional: a type `state`, all that the rule remembers, which comes first among the arguments of `weigh` and of
///     start(setting) -> state                         before training; throws option_error for bad options
///     learn(state&, observation)                      each step and stage, after `weigh`: moves the rule's own parameters
///     trained(state&, stage, losses), validated(...)  each epoch and stage: means of training, then of validation
///     visit(state&, f)                                f(name, std::vector<double>&) for each part of the state, which is then saved
///                                                     and resumed like the net's parameters
///     text() -> std::string                           the rule and its options in words, as a checkpoint records them
///     static constexpr bool watches_steps = false     the rule looks at no losses or features of a step; it is then given none
///     static constexpr bool wants_gradient_norms = true, wants_gramian = true
///                                                     what is measured for the rule alone; a rule that knows it by its options only has
///                                                     data members of these names
///     on_backend<T, B>                                the rule's steps on a backend that keeps losses and features to itself
/// `policy_traits` has the defaults.
template <class P>
concept policy = requires(P const p) {
    { p.name } -> std::convertible_to<std::string_view>;
} && (weighs_by_state<P> || weighs_alone<P>);

/// A policy with its defaults: what the trainer calls.
template <class P>
struct policy_traits {
    using state = typename policy_state<P>::type;

    static constexpr bool watches_steps = [] {
        if constexpr (requires { P::watches_steps; }) return P::watches_steps;
        else return true;
    }();
    /// Whether any value of the type may ask for the Gramian or for norms.
    static constexpr bool may_want_gradients =
        requires(P const& p) { p.wants_gradient_norms; } || requires(P const& p) { p.wants_gramian; };

    static bool wants_gradient_norms([[maybe_unused]] P const& p) {
        if constexpr (requires { p.wants_gradient_norms; }) return p.wants_gradient_norms;
        else return false;
    }
    static bool wants_gramian([[maybe_unused]] P const& p) {
        if constexpr (requires { p.wants_gramian; }) return p.wants_gramian;
        else return false;
    }

    static state start(P const& p, setting const& given) {
        if constexpr (requires { p.start(given); }) return p.start(given);
        else return state{};
    }
    static void weigh(P const& p, state& s, observation const& seen, std::span<double> weights) {
        if constexpr (weighs_by_state<P>) p.weigh(s, seen, weights);
        else p.weigh(seen, weights);
    }
    static void learn(P const& p, state& s, observation const& seen) {
        if constexpr (requires { p.learn(s, seen); }) p.learn(s, seen);
    }
    static void trained(P const& p, state& s, int stage, std::span<double const> losses) {
        if constexpr (requires { p.trained(s, stage, losses); }) p.trained(s, stage, losses);
    }
    static void validated(P const& p, state& s, int stage, std::span<double const> losses) {
        if constexpr (requires { p.validated(s, stage, losses); }) p.validated(s, stage, losses);
    }
    template <class F>
    static void visit(P const& p, state& s, F&& f) {
        if constexpr (requires { p.visit(s, f); }) p.visit(s, f);
    }
    static std::string text(P const& p) {
        if constexpr (requires { p.text(); }) return p.text();
        else return std::string(p.name);
    }
};

/// Names what a type lacks to be a policy.
template <class P>
struct policy_lacks {
    static_assert(
        requires {
            { std::declval<P const&>().name } -> std::convertible_to<std::string_view>;
        }, "mcfa: a weighting policy needs `static constexpr std::string_view name`; see <policy> above");
    static_assert(
        weighs_by_state<P> || weighs_alone<P>,
        "mcfa: a weighting policy needs `void weigh(weighting::observation const&, std::span<double> weights) const`, or with its "
        "`state&` as the first argument; see <policy> above");
};

} // namespace mcfa::weighting
