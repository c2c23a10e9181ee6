// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/weighting/policy.hpp>

#include <any>
#include <concepts>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

namespace mcfa::weighting {

/// Any policy behind one type, so that a program chooses its rule while it runs. It is a policy itself; unlike the others its name
/// belongs to the value, so read `p.name`, which serves both. A state fits only the policy that started it (or a copy of it);
/// another throws std::bad_any_cast. `weighting/make.hpp` makes one by name.
class any_policy {
public:
    std::string name;
    bool wants_gradient_norms = false, wants_gramian = false;
    struct state {
        std::any value;
    };

    template <class P>
        requires(!std::same_as<std::remove_cvref_t<P>, any_policy> && policy<std::remove_cvref_t<P>>)
    any_policy(P&& p)
        : name(p.name),
          wants_gradient_norms(policy_traits<std::remove_cvref_t<P>>::wants_gradient_norms(p)),
          wants_gramian(policy_traits<std::remove_cvref_t<P>>::wants_gramian(p)),
          text_(policy_traits<std::remove_cvref_t<P>>::text(p)),
          held_(std::make_shared<holds<std::remove_cvref_t<P>>>(std::forward<P>(p))) {}

    std::string text() const { return text_; }
    state start(setting const& given) const { return {held_->start(given)}; }
    void weigh(state& s, observation const& seen, std::span<double> weights) const { held_->weigh(s.value, seen, weights); }
    void learn(state& s, observation const& seen) const { held_->learn(s.value, seen); }
    void trained(state& s, int stage, std::span<double const> losses) const { held_->trained(s.value, stage, losses); }
    void validated(state& s, int stage, std::span<double const> losses) const { held_->validated(s.value, stage, losses); }
    void visit(state& s, std::function<void(std::string_view, std::vector<double>&)> const& f) const { held_->visit(s.value, f); }

private:
    using visitor = std::function<void(std::string_view, std::vector<double>&)>;

    struct base {
        virtual ~base() = default;
        virtual std::any start(setting const&) const = 0;
        virtual void weigh(std::any&, observation const&, std::span<double>) const = 0;
        virtual void learn(std::any&, observation const&) const = 0;
        virtual void trained(std::any&, int, std::span<double const>) const = 0;
        virtual void validated(std::any&, int, std::span<double const>) const = 0;
        virtual void visit(std::any&, visitor const&) const = 0;
    };
    template <class P>
    struct holds final : base {
        explicit holds(P p) : rule(std::move(p)) {}
        using traits = policy_traits<P>;
        static typename traits::state& own(std::any& s) { return std::any_cast<typename traits::state&>(s); }

        std::any start(setting const& given) const override { return traits::start(rule, given); }
        void weigh(std::any& s, observation const& seen, std::span<double> w) const override { traits::weigh(rule, own(s), seen, w); }
        void learn(std::any& s, observation const& seen) const override { traits::learn(rule, own(s), seen); }
        void trained(std::any& s, int j, std::span<double const> l) const override { traits::trained(rule, own(s), j, l); }
        void validated(std::any& s, int j, std::span<double const> l) const override { traits::validated(rule, own(s), j, l); }
        void visit(std::any& s, visitor const& f) const override { traits::visit(rule, own(s), f); }

        P rule;
    };

    std::string text_;
    std::shared_ptr<base const> held_; // options only, never written: copies may share it
};
static_assert(policy<any_policy>);

} // namespace mcfa::weighting
