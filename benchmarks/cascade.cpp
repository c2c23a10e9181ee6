// SPDX-License-Identifier: MIT
// The paper's cascade at width 1 and 1/4, its S and M at width 1/8 and the MobileNet-like cascade of about the same time: each stage forward, all
// stages forward, a step of joint training.
//
//     cascade [threads] [--benchmark_filter=w1/4/.*/1$ ...]
//
// The last number of a name is the batch.
#include <mcfa/backend/eigen.hpp>
#include <mcfa/train/step/training_step.hpp>
#include <mcfa/weighting/uniform.hpp>
#include <mcfa/zoo/mcfa.hpp>
#include <mcfa/zoo/mobile.hpp>

#include <benchmark/benchmark.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

using namespace mcfa;
using cpu = backend::eigen;

/// Windows of noise, labelled as faces.
batch make_batch(net_info const& net, std::size_t size) {
    batch b;
    b.size = size;
    random_stream random{1};
    auto const fill = [&](auto& values, double low, double high) {
        for (float& v : values) v = static_cast<float>(random.uniform(low, high));
    };
    for (stage_info const& stage : net.stages) {
        auto const side = static_cast<std::size_t>(stage.side);
        fill(b.windows.emplace_back(std::array<std::size_t, 4>{size, side, side, 3}), -1, 1);
    }
    b.targets = array<float, 2>(std::array<std::size_t, 2>{size, static_cast<std::size_t>(net.targets)});
    b.masks = array<float, 2>(std::array<std::size_t, 2>{size, static_cast<std::size_t>(net.terms)}, 1.0f);
    fill(b.targets, 0, 1);
    for (std::size_t n = 0; n < size; ++n) b.targets(n, 0) = 1; // the class of a face is a whole number
    return b;
}

void count_windows(benchmark::State& state, std::size_t size) {
    state.counters["windows"] = benchmark::Counter(static_cast<double>(size), benchmark::Counter::kIsIterationInvariantRate);
}

/// Stages `first` to `last` of the net.
template <class Net>
void run_forward(benchmark::State& state, std::size_t first, std::size_t last, int threads) {
    auto const size = static_cast<std::size_t>(state.range(0));
    model<Net, float, cpu> const m{seed{1}, cpu{threads}};
    workspace<float, cpu> w(m, size, purpose::inference);
    prepared_model const ready{m, size};
    batch const b = make_batch(m.net(), size);
    for (std::size_t j = 0; j < m.net().stages.size(); ++j) w.load(j, b.windows[j], size);
    for (auto _ : state)
        for (std::size_t j = first; j <= last; ++j) forward_stage(ready, w, j, size);
    count_windows(state, size);
}

template <class Net>
void run_step(benchmark::State& state, int threads) {
    auto const size = static_cast<std::size_t>(state.range(0));
    model<Net, float, cpu> m{seed{1}, cpu{threads}};
    training_step<float, cpu, sgd, weighting::uniform> step(m, sgd{.rate = 1e-4}, {}, size, {}, 0, seed{1});
    batch const b = make_batch(m.net(), size);
    for (auto _ : state) step.run(b, 1);
    count_windows(state, size);
}

template <class Net>
void add(std::string const& width, int threads, std::vector<std::int64_t> const& forward, std::vector<std::int64_t> const& training) {
    auto const set = [](auto* one, std::vector<std::int64_t> const& batches) {
        for (auto const size : batches) one->Arg(size);
        one->Unit(benchmark::kMillisecond)->UseRealTime()->MinTime(0.5);
    };
    std::size_t const last = Net::count - 1;
    for (std::size_t j = 0; j <= last; ++j)
        set(benchmark::RegisterBenchmark((width + "/" + std::string(Net::info.stages[j].name)).c_str(), run_forward<Net>, j, j, threads),
            forward);
    set(benchmark::RegisterBenchmark((width + "/forward").c_str(), run_forward<Net>, std::size_t{0}, last, threads), forward);
    set(benchmark::RegisterBenchmark((width + "/step").c_str(), run_step<Net>, threads), training);
}

} // namespace

int main(int argc, char** argv) {
    benchmark::Initialize(&argc, argv); // takes its own options away
    int const threads = argc > 1 ? std::atoi(argv[1]) : 1;
    add<zoo::mcfa_net<zoo::width<1>>>("w1", threads, {1, 8}, {4});
    add<zoo::mcfa_net<zoo::width<1, 4>>>("w1/4", threads, {1, 32}, {32});
    add<zoo::mcfa_net_sm<zoo::width<1, 8>, zoo::body_options{.batch_norm = true, .dropout = 25}>>("sm1/8", threads, {1, 32}, {32});
    add<zoo::mobile_net>("mobile", threads, {1, 32}, {32});
    benchmark::AddCustomContext("threads", std::to_string(cpu::execution(cpu{threads}).threads()));
    benchmark::RunSpecifiedBenchmarks();
}
