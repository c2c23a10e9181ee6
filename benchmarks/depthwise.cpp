// SPDX-License-Identifier: MIT
// Depthwise convolutions of 3x3 on one thread, by the loops of all host backends and as the Eigen backend computes them, and for the scale an
// addition of as many values.
//
//     depthwise [--benchmark_filter=...]
#include <mcfa/backend/eigen.hpp>
#include <mcfa/op/addition.hpp>
#include <mcfa/op/depthwise.hpp>

#include <benchmark/benchmark.h>

#include <string>
#include <vector>

namespace {

using namespace mcfa;

/// Activations, weights and gradients of one layer.
struct layer_memory {
    depthwise op;
    std::vector<float> x = std::vector<float>(op.in.size(), 1), y = std::vector<float>(op.out().size(), 1),
                       weights = std::vector<float>(op.weights(), 1), dweights = weights;
    backend::eigen::execution run{backend::eigen{1}};

    depthwise_forward<float> forward() {
        return {.op = op,
                .x = batch_of<float const>(x.data(), 1, op.in),
                .weights = {weights.data(), op.in.channels, op.taps()},
                .y = batch_of(y.data(), 1, op.out())};
    }
    depthwise_input_gradient<float> input_gradient() {
        return {.op = op,
                .dy = batch_of<float const>(y.data(), 1, op.out()),
                .weights = {weights.data(), op.in.channels, op.taps()},
                .dx = batch_of(x.data(), 1, op.in)};
    }
    depthwise_weight_gradient<float> weight_gradient() {
        return {.op = op,
                .x = batch_of<float const>(x.data(), 1, op.in),
                .dy = batch_of<float const>(y.data(), 1, op.out()),
                .dweights = {dweights.data(), op.in.channels, op.taps()}};
    }
};

template <class F>
void add(depthwise const& op, std::string const& what, F work) {
    auto const name = to_string(op.in) + (op.stride > 1 ? ", stride 2" : "") + "/" + what;
    benchmark::RegisterBenchmark(name.c_str(), [=](benchmark::State& state) {
        layer_memory layer{op};
        for (auto _ : state) work(layer);
    })->Unit(benchmark::kMicrosecond);
}

} // namespace

int main(int argc, char** argv) {
    benchmark::Initialize(&argc, argv);
    for (depthwise const& op :
         {depthwise{{24, 28, 28}}, depthwise{{96, 28, 28}}, depthwise{{64, 56, 56}, 3, 2, 1}, depthwise{{192, 14, 14}}}) {
        add(op, "forward/loops", [](layer_memory& l) { backend::depthwise_forward_by_pixels(l.run, l.forward()); });
        add(op, "forward/eigen", [](layer_memory& l) { compute(l.run, l.forward()); });
        add(op, "input gradient/loops", [](layer_memory& l) { backend::depthwise_input_gradient_by_pixels(l.run, l.input_gradient()); });
        add(op, "input gradient/eigen", [](layer_memory& l) { compute(l.run, l.input_gradient()); });
        add(op, "weight gradient/loops", [](layer_memory& l) { backend::depthwise_weight_gradient_by_pixels(l.run, l.weight_gradient()); });
        add(op, "weight gradient/eigen", [](layer_memory& l) { compute(l.run, l.weight_gradient()); });
        add(op, "addition", [](layer_memory& l) {
            auto const x = batch_of(l.x.data(), 1, l.op.in);
            compute(l.run, addition<float>{.x = x, .other = x, .y = x});
        });
    }
    benchmark::RunSpecifiedBenchmarks();
}
