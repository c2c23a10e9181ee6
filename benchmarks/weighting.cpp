// SPDX-License-Identifier: MIT
// What each weighting rule adds to a training step: stages S and M at width 1/4, batch 32, 40 attributes.
//
//     weighting [rounds] [threads] [rule ...]
//
// Every round takes three steps by each rule in turn, so that all see the same load of the machine; a row is the median of the rounds' times, and of
// their ratios to the step by `uniform` in the same round. Times are the processor's, summed over threads, so that other programs count little.
#include <mcfa/backend/eigen.hpp>
#include <mcfa/train/step/training_step.hpp>
#include <mcfa/weighting/make.hpp>
#include <mcfa/zoo/mcfa.hpp>

#include <algorithm>
#include <array>
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
        : name(policy.name), m(seed{1}, cpu{threads}), step(m, sgd{.rate = 1e-4}, std::move(policy), size, {}, 0, seed{1}) {}

    std::string name;
    model<net, float, cpu> m;
    training_step<float, cpu, sgd, weighting::any_policy> step;
    std::vector<double> times;
};

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

} // namespace

int main(int argc, char** argv) {
    int const rounds = argc > 1 ? std::atoi(argv[1]) : 9, threads = argc > 2 ? std::atoi(argv[2]) : 1;
    std::vector<std::string> wanted(argv + std::min(argc, 3), argv + argc);
    std::vector<std::unique_ptr<contestant>> all;
    for (auto const& rule : weighting::all_rules()) {
        bool const named = wanted.empty() || std::find(wanted.begin(), wanted.end(), rule.name) != wanted.end();
        if (rule.name == "uniform" || (named && rule.name != "fixed")) all.push_back(std::make_unique<contestant>(rule, threads));
    }
    batch const b = make_batch(all.front()->m.net());
    for (auto& one : all) one->step.run(b, 1);
    for (int round = 0; round < rounds; ++round)
        for (auto& one : all) {
            auto const start = std::clock();
            for (int i = 0; i < 3; ++i) one->step.run(b, 1);
            one->times.push_back(static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC / 3 * 1e3);
        }
    std::printf("%-20s %10s %10s\n", "rule", "ms a step", "ratio");
    for (auto& one : all) {
        std::vector<double> ratios;
        for (std::size_t i = 0; i < one->times.size(); ++i) ratios.push_back(one->times[i] / all.front()->times[i]);
        std::printf("%-20s %10.1f %10.3f\n", one->name.c_str(), median(one->times), median(ratios));
    }
    return 0;
}
