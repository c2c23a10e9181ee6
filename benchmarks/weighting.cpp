// SPDX-License-Identifier: MIT
// What each weighting rule adds to a training step: stages S and M at width 1/4, batch 32, 40 attributes.
//
//     weighting [rounds] [threads] [rule ...]
//
// Every round takes the rules in a new random order, and times one step by each right after or before one by `uniform`: which comes first is drawn too.
// So both steps of a pair see the same machine. A row has the median of the pairs' ratios, with its 95 % interval by order statistics (no assumption
// about how times scatter), of the processor's time, summed over threads, and of the clock's. The row "uniform" is pairs of it with a second net of
// its own: its interval holds 1 where the machine is quiet enough to tell what the others' say.
//
//     weighting steps N RULE
//
// takes N steps by one rule and prints nothing: for tools that count what a program executes (weighting_instructions.sh).
#include <mcfa/backend/eigen.hpp>
#include <mcfa/train/step/training_step.hpp>
#include <mcfa/weighting/make.hpp>
#include <mcfa/zoo/mcfa.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace mcfa;
using cpu = backend::eigen;
using net = zoo::mcfa_net_sm<zoo::width<1, 4>>;
constexpr std::size_t size = 32;

batch make_batch(net_info const& net) {
    batch b;
    b.size = size;
    random_stream random{1};
    for (stage_info const& stage : net.stages) {
        auto const side = static_cast<std::size_t>(stage.side);
        for (float& v : b.windows.emplace_back(std::array<std::size_t, 4>{size, side, side, 3}))
            v = static_cast<float>(random.uniform(-1, 1));
    }
    b.targets = array<float, 2>(std::array<std::size_t, 2>{size, static_cast<std::size_t>(net.targets)});
    b.masks = array<float, 2>(std::array<std::size_t, 2>{size, static_cast<std::size_t>(net.terms)}, 1.0f);
    for (float& y : b.targets) y = random.chance(0.5) ? 1.0f : 0.0f;
    return b;
}

struct contestant {
    contestant(weighting::any_policy policy, int threads)
        : name(policy.name), m(seed{1}, cpu{threads}), step(m, sgd{.rate = 1e-4}, std::move(policy), size, {}, 0, seed{1}) {
        using traits = weighting::policy_traits<weighting::any_policy>;
        std::vector<double> const losses(net::tasks::attributes, 0.7);
        for (int epoch = 0; epoch < 5; ++epoch) // rules that begin after an epoch or a warm-up are past it
            for (int stage = 0; stage < static_cast<int>(net::count); ++stage)
                traits::trained(step.policy(), step.policy_state(), stage, losses);
    }

    std::string name;
    model<net, float, cpu> m;
    training_step<float, cpu, sgd, weighting::any_policy> step;
    std::vector<double> processor, clock; ///< ratios to `uniform`
};

struct step_time {
    double processor = 0, clock = 0; ///< seconds
};

step_time time_of(contestant& one, batch const& b) {
    auto const start = std::chrono::steady_clock::now();
    auto const ticks = std::clock();
    one.step.run(b, 1);
    return {static_cast<double>(std::clock() - ticks) / CLOCKS_PER_SEC,
            std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count()};
}

/// Where the list of all rules has it.
std::ptrdiff_t place_of(std::string const& name) {
    auto const& rules = weighting::all_rules();
    return std::find_if(rules.begin(), rules.end(), [&](auto const& rule) { return rule.name == name; }) - rules.begin();
}

/// "1.012 [1.004, 1.021]": the median, and the order statistics that hold it in 95 of 100 cases.
std::string median_text(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    auto const n = static_cast<double>(values.size());
    auto const below = static_cast<std::size_t>(std::max(std::floor(n / 2 - 0.98 * std::sqrt(n)), 0.0));
    char text[64];
    double const middle = (values[(values.size() - 1) / 2] + values[values.size() / 2]) / 2;
    std::snprintf(text, sizeof text, "%.3f [%.3f, %.3f]", middle, values[below], values[values.size() - 1 - below]);
    return text;
}

int count_steps(int steps, std::string const& rule) {
    contestant one(weighting::make(rule), 1);
    batch const b = make_batch(one.m.net());
    for (int i = 0; i < steps; ++i) one.step.run(b, 1);
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    if (argc == 4 && argv[1] == std::string("steps")) return count_steps(std::atoi(argv[2]), argv[3]);
    int const rounds = argc > 1 ? std::atoi(argv[1]) : 40, threads = argc > 2 ? std::atoi(argv[2]) : 1;
    std::vector<std::string> const wanted(argv + std::min(argc, 3), argv + argc);
    std::vector<std::unique_ptr<contestant>> all;
    for (auto const& rule : weighting::all_rules()) {
        bool const named = wanted.empty() || std::find(wanted.begin(), wanted.end(), rule.name) != wanted.end();
        if (rule.name == "uniform" || (named && rule.name != "fixed")) all.push_back(std::make_unique<contestant>(rule, threads));
    }
    contestant base(weighting::uniform{}, threads);
    batch const b = make_batch(base.m.net());
    std::vector<double> processor, clock; // of `uniform`, ms
    time_of(base, b);
    for (auto& one : all) time_of(*one, b);
    random_stream draw{1};
    for (int round = 0; round < rounds; ++round) {
        for (std::size_t i = all.size(); i > 1; --i) std::swap(all[i - 1], all[draw.below(i)]);
        for (auto& one : all) {
            bool const base_first = draw.chance(0.5);
            step_time const first = time_of(base_first ? base : *one, b), second = time_of(base_first ? *one : base, b);
            auto const &of_base = base_first ? first : second, &of_rule = base_first ? second : first;
            one->processor.push_back(of_rule.processor / of_base.processor);
            one->clock.push_back(of_rule.clock / of_base.clock);
            processor.push_back(1e3 * of_base.processor);
            clock.push_back(1e3 * of_base.clock);
        }
    }
    std::printf("a step by uniform, ms of processor time: %s\n", median_text(processor).c_str());
    std::printf("a step by uniform, ms by the clock:      %s\n\n", median_text(clock).c_str());
    std::printf("%-20s %-24s %-24s\n", "rule", "processor time, ratio", "clock, ratio");
    std::sort(all.begin(), all.end(), [](auto const& a, auto const& b) { return place_of(a->name) < place_of(b->name); });
    for (auto& one : all)
        std::printf("%-20s %-24s %-24s\n", one->name.c_str(), median_text(one->processor).c_str(), median_text(one->clock).c_str());
    return 0;
}
