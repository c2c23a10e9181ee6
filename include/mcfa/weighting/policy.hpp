// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mcfa::weighting {

/// What a policy is told before training: for each stage how many weighted terms (attributes) there are and how long its feature is.
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
    std::span<double const> losses;         ///< per attribute, mean over the batch's labelled samples; NaN where there was none
    std::span<double const> features;       ///< mean of the stage's feature over samples with any attribute label
    std::span<double const> gradient_norms; ///< per attribute, norm of its unweighted loss's gradient at the feature; empty
                                            ///< unless the policy has `static constexpr bool wants_gradient_norms = true`
};

/// A rule that turns what is seen into one positive weight per stage and attribute, of mean 1 per stage.
///
/// The trainer calls, in this order:
///   each step, for each stage:  weigh (fills the weights that this step uses), then learn (moves the policy's own parameters)
///   each epoch, for each stage: trained (training means of the epoch), then validated (validation means)
/// `state` is all that the rule remembers; `visit(state, f)` calls f(name, std::vector<double>&) for each part of it, so that it is
/// saved and resumed like the net's parameters. A policy itself holds options only.
/// Optional: `text()`, the rule and its options in words, which a checkpoint records, so that a training does not go on under other options.
/// A part of the state that is not empty at the start keeps its length.
/// A rule that looks at no losses and features of a step says `static constexpr bool watches_steps = false`; it is then given none, and a
/// backend need not wait for them. A rule that is also an operation of the backend says so by `operation(setting::stage)`.
template <class P>
concept policy = requires(P const p, typename P::state& s, setting const& given, observation const& seen, std::span<double> weights,
                          std::span<double const> losses, int stage, void (*f)(std::string_view, std::vector<double>&)) {
    { P::name } -> std::convertible_to<std::string_view>;
    { p.start(given) } -> std::same_as<typename P::state>;
    p.weigh(s, seen, weights);
    p.learn(s, seen);
    p.trained(s, stage, losses);
    p.validated(s, stage, losses);
    p.visit(s, f);
};

/// The rule and its options in words: its `text()`, or its name where it has none.
template <class P>
std::string text_of(P const& rule) {
    if constexpr (requires { rule.text(); }) return rule.text();
    else return std::string(rule.name);
}

} // namespace mcfa::weighting
