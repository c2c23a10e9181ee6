// SPDX-License-Identifier: MIT
// Every layer shape of the paper's cascade at width 1 and 1/4: forward, gradient of the input, gradient of the weights.
//
//     layers [batch [threads]] [--benchmark_filter=w1/4/forward ...]
//
// GFLOP/s count the multiplications and additions of the definition, so an algorithm that needs fewer may pass the machine's peak.
#include "layer_passes.hpp"
#include "paper_layers.hpp"

#include <mcfa/backend/eigen.hpp>

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace mcfa;
using cpu = backend::eigen;

enum class pass { forward, input, weights };

std::size_t inputs_of(convolution const& op) { return op.in.size(); }
std::size_t inputs_of(dense_product const& op) { return static_cast<std::size_t>(op.in); }
std::size_t outputs_of(convolution const& op) { return op.out().size(); }
std::size_t outputs_of(dense_product const& op) { return static_cast<std::size_t>(op.out); }
std::size_t channels_of(convolution const& op) { return static_cast<std::size_t>(op.out_channels); }
std::size_t channels_of(dense_product const& op) { return static_cast<std::size_t>(op.out); }

template <class Op>
void run_layer(benchmark::State& state, Op op, pass which, int batch, int threads) {
    cpu::execution run(cpu{threads});
    auto const n = static_cast<std::size_t>(batch);
    std::vector<float> x(n * inputs_of(op), 0.5f), y(n * outputs_of(op)), dy(y.size(), 0.25f), dx(x.size());
    std::vector<float> weights(op.weights(), 0.125f), dweights(op.weights()), bias(channels_of(op), 1.0f), dbias(bias.size());
    for (auto _ : state) {
        if (which == pass::forward)
            benchmarks::forward(run, op, batch, std::as_const(x).data(), std::as_const(weights).data(), std::as_const(bias).data(),
                                y.data());
        else if (which == pass::input)
            benchmarks::input_gradient(run, op, batch, std::as_const(dy).data(), std::as_const(weights).data(), dx.data());
        else benchmarks::weight_gradient(run, op, batch, std::as_const(x).data(), std::as_const(dy).data(), dweights.data(), dbias.data());
        benchmark::ClobberMemory();
    }
    double const work = 2.0 * static_cast<double>(op.weights()) * static_cast<double>(outputs_of(op) / channels_of(op)) * batch;
    state.counters["GFLOP"] = benchmark::Counter(work * 1e-9, benchmark::Counter::kIsIterationInvariantRate);
}

template <class Op>
void add(std::string const& width, std::vector<Op> const& ops, int batch, int threads) {
    for (auto const& op : ops)
        for (auto [which, word] : {std::pair{pass::forward, "forward"}, {pass::input, "input"}, {pass::weights, "weights"}})
            benchmark::RegisterBenchmark((width + "/" + word + "/" + benchmarks::name_of(op)).c_str(), run_layer<Op>, op, which, batch,
                                         threads)
                ->Unit(benchmark::kMillisecond)
                ->UseRealTime()
                ->MinTime(0.1);
}

} // namespace

int main(int argc, char** argv) {
    benchmark::Initialize(&argc, argv); // takes its own options away
    int const batch = argc > 1 ? std::atoi(argv[1]) : 1, threads = argc > 2 ? std::atoi(argv[2]) : 1;
    for (auto const& [width, layers] :
         {std::pair{"w1", benchmarks::layers_at_full_width()}, {"w1/4", benchmarks::layers_at_quarter_width()}}) {
        add(width, layers.convolutions, batch, threads);
        add(width, layers.products, batch, threads);
    }
    benchmark::AddCustomContext("batch", std::to_string(batch));
    benchmark::AddCustomContext("threads", std::to_string(cpu::execution(cpu{threads}).threads()));
    benchmark::RunSpecifiedBenchmarks();
}
