// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/message.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <functional>
#include <numbers>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace mcfa {

/// How the learning rate changes: s(step, total) is the factor on the optimiser's base rate in step 0 .. total - 1 of `total`.
/// A pure function of its arguments, so nothing of it needs saving. Optional: `check()`, which throws option_error; `text()`, name and
/// options in words, which a checkpoint records; `depends_on_total()`, false if the total changes nothing: then a training may be
/// resumed for more epochs.
template <class S>
concept rate_schedule = requires(S const s, long step, long total) {
    { s.name } -> std::convertible_to<std::string_view>;
    { s(step, total) } -> std::convertible_to<double>;
};

/// The base rate throughout.
struct constant_rate {
    static constexpr std::string_view name = "constant";
    double operator()(long, long) const { return 1; }
    static constexpr bool depends_on_total() { return false; }
};

/// Multiplied by gamma at each milestone, a share of the whole run: {0.5, 0.75} are the half and three quarters.
struct step_decay {
    static constexpr std::string_view name = "step";
    std::vector<double> milestones{0.5, 0.75}; ///< each in [0, 1]
    double gamma = 0.1;                        ///< positive

    double operator()(long step, long total) const {
        double const progress = static_cast<double>(step) / static_cast<double>(total);
        auto const passed = std::count_if(milestones.begin(), milestones.end(), [=](double m) { return progress >= m; });
        return std::pow(gamma, static_cast<double>(passed));
    }
    std::string text() const {
        auto all = join({name, ", gamma ", gamma, ", milestones"});
        for (double const m : milestones) all += join({" ", m});
        return all;
    }
    void check() const {
        for (double const m : milestones)
            if (!(m >= 0 && m <= 1)) throw option_error({"step_decay.milestones: ", m, ", must be in [0, 1]"});
        if (!(gamma > 0)) throw option_error({"step_decay.gamma: ", gamma, ", must be positive"});
    }
};

/// Half a cosine wave from 1 down to `floor` (Loshchilov and Hutter, ICLR 2017, without restarts).
struct cosine_decay {
    static constexpr std::string_view name = "cosine";
    double floor = 0; ///< in [0, 1]

    double operator()(long step, long total) const {
        double const progress = std::min(1.0, static_cast<double>(step) / static_cast<double>(total));
        return floor + (1 - floor) * (1 + std::cos(std::numbers::pi * progress)) / 2;
    }
    std::string text() const { return join({name, ", floor ", floor}); }
    void check() const {
        if (!(floor >= 0 && floor <= 1)) throw option_error({"cosine_decay.floor: ", floor, ", must be in [0, 1]"});
    }
};

/// Up and down once (Smith and Topin, 2019), as PyTorch's OneCycleLR with cosine annealing. The base rate is the peak:
/// from 1 / div_factor up to 1 at step pct_start * total - 1, down to 1 / (div_factor * final_div_factor) at the last step.
struct one_cycle {
    static constexpr std::string_view name = "one_cycle";
    double pct_start = 0.3;        ///< share of the steps that go up, in [0, 1]
    double div_factor = 25;        ///< at least 1
    double final_div_factor = 1e4; ///< at least 1

    double operator()(long step, long total) const {
        auto between = [](double from, double to, double share) { return to + (from - to) / 2 * (std::cos(std::numbers::pi * share) + 1); };
        double const peak = pct_start * static_cast<double>(total) - 1;
        double const last = static_cast<double>(total - 1);
        double const at = static_cast<double>(step);
        double const first_rate = 1 / div_factor;
        if (at >= last && last > peak) return first_rate / final_div_factor;
        if (at <= peak) return between(first_rate, 1, peak > 0 ? at / peak : 1.0);
        return between(1, first_rate / final_div_factor, last > peak ? (at - peak) / (last - peak) : 1.0);
    }
    std::string text() const {
        return join({name, ", pct_start ", pct_start, ", div_factor ", div_factor, ", final_div_factor ", final_div_factor});
    }
    void check() const {
        if (!(pct_start >= 0 && pct_start <= 1)) throw option_error({"one_cycle.pct_start: ", pct_start, ", must be in [0, 1]"});
        if (!(div_factor >= 1)) throw option_error({"one_cycle.div_factor: ", div_factor, ", must be at least 1"});
        if (!(final_div_factor >= 1)) throw option_error({"one_cycle.final_div_factor: ", final_div_factor, ", must be at least 1"});
    }
};

/// A function of step and total alone, a lambda for example, which has no name.
template <class F>
concept rate_function = std::is_invocable_r_v<double, F const&, long, long> && !rate_schedule<F>;

/// Any schedule as a value, also a function: `.rate = [](long step, long) { return std::pow(0.999, step); }`. Checkpoints know every
/// function as "function": that it is still the same one when a training is resumed is the program's matter. Throws option_error if
/// the schedule's options make no sense.
class schedule {
public:
    std::string name;
    std::string text;             ///< name and options in words
    bool depends_on_total = true; ///< does the number of all steps change what a step's factor is?

    schedule() : schedule(constant_rate{}) {}

    template <class S>
        requires(!std::same_as<std::remove_cvref_t<S>, schedule> && rate_schedule<std::remove_cvref_t<S>>)
    schedule(S&& s) : name(s.name), text(s.name) {
        if constexpr (requires { s.check(); }) s.check();
        if constexpr (requires { s.text(); }) text = s.text();
        if constexpr (requires { s.depends_on_total(); }) depends_on_total = s.depends_on_total();
        factor_ = std::forward<S>(s);
    }

    template <class F>
        requires(!std::same_as<std::remove_cvref_t<F>, schedule> && rate_function<std::remove_cvref_t<F>>)
    schedule(F&& f) : name("function"), text(name), factor_(std::forward<F>(f)) {}

    /// The factor on the base rate; total is at least 1.
    double operator()(long step, long total) const { return factor_(step, total); }

private:
    std::function<double(long, long)> factor_;
};

/// A linear rise over the first `steps` steps, (step + 1) / (steps + 1) of where `inner` begins, then `inner` over the rest.
struct warm_up {
    static constexpr std::string_view name = "warm_up";
    long steps = 0; ///< not negative
    schedule inner;

    double operator()(long step, long total) const {
        long const rest = std::max(1l, total - steps);
        if (step >= steps) return inner(step - steps, rest);
        return inner(0, rest) * static_cast<double>(step + 1) / static_cast<double>(steps + 1);
    }
    std::string text() const { return join({name, ", steps ", steps, ", then ", inner.text}); }
    bool depends_on_total() const { return inner.depends_on_total; }
    void check() const {
        if (steps < 0) throw option_error({"warm_up.steps: ", steps, ", must not be negative"});
    }
};

} // namespace mcfa
