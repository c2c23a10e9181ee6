// SPDX-License-Identifier: MIT
// Errors of single precision on every layer shape of the paper's cascade, at width 1 and 1/4: forward, gradient of the input, of the weights.
//
//     accuracy [batch [threads]]
//
// Two columns each: the difference's Euclidean norm over the result's, and the largest difference over the largest value. Truth is the same
// operation in double, which the tests hold to plain loops. Inputs are as behind a rectifier, weights as He draws them. Ends with status 1
// where an error is above 1e-4.
#include "layer_passes.hpp"
#include "paper_layers.hpp"

#include <mcfa/backend/eigen.hpp>
#include <mcfa/core/random.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace mcfa;
using cpu = backend::eigen;

struct errors {
    double norm = 0, largest = 0;
};

errors compared(std::vector<float> const& found, std::vector<double> const& truth) {
    double difference = 0, norm = 0, worst = 0, most = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
        double const d = std::abs(static_cast<double>(found[i]) - truth[i]);
        difference += d * d;
        norm += truth[i] * truth[i];
        worst = std::isfinite(d) ? std::max(worst, d) : HUGE_VAL;
        most = std::max(most, std::abs(truth[i]));
    }
    return {std::sqrt(difference / norm), worst / most};
}

std::vector<float> normal(std::size_t count, std::uint64_t key, double deviation) {
    random_stream random{key};
    std::vector<float> values(count);
    for (float& v : values) v = static_cast<float>(deviation * random.normal());
    return values;
}

template <class T>
struct results {
    std::vector<T> y, dx, dweights;
};

template <class T, class Op>
results<T> computed(Op const& op, int batch, int threads, std::vector<float> const& x, std::vector<float> const& w,
                    std::vector<float> const& dy) {
    cpu::execution run(cpu{threads});
    std::vector<T> const x2(x.begin(), x.end()), w2(w.begin(), w.end()), dy2(dy.begin(), dy.end());
    results<T> r{std::vector<T>(dy.size()), std::vector<T>(x.size()), std::vector<T>(w.size())};
    benchmarks::forward<cpu::execution, T>(run, op, batch, x2.data(), w2.data(), nullptr, r.y.data());
    benchmarks::input_gradient(run, op, batch, dy2.data(), w2.data(), r.dx.data());
    benchmarks::weight_gradient<cpu::execution, T>(run, op, batch, x2.data(), dy2.data(), r.dweights.data(), nullptr);
    return r;
}

std::size_t inputs_of(convolution const& op) { return op.in.size(); }
std::size_t inputs_of(dense_product const& op) { return static_cast<std::size_t>(op.in); }
std::size_t outputs_of(convolution const& op) { return op.out().size(); }
std::size_t outputs_of(dense_product const& op) { return static_cast<std::size_t>(op.out); }
int fan_in(convolution const& op) { return op.in.channels * op.kernel * op.kernel; }
int fan_in(dense_product const& op) { return op.in; }

/// Prints a line for every operation; the largest of all errors.
template <class Op>
double print(char const* width, std::vector<Op> const& ops, int batch, int threads) {
    double worst = 0;
    for (auto const& op : ops) {
        auto const n = static_cast<std::size_t>(batch);
        auto x = normal(n * inputs_of(op), 1, 1);
        for (float& v : x) v = std::max(v, 0.0f);
        auto const w = normal(op.weights(), 2, std::sqrt(2.0 / fan_in(op)));
        auto const dy = normal(n * outputs_of(op), 3, 1);
        auto const found = computed<float>(op, batch, threads, x, w, dy);
        auto const truth = computed<double>(op, batch, threads, x, w, dy);
        std::printf("%-5s %-26s", width, benchmarks::name_of(op).c_str());
        for (errors const e : {compared(found.y, truth.y), compared(found.dx, truth.dx), compared(found.dweights, truth.dweights)}) {
            std::printf("   %8.1e %8.1e", e.norm, e.largest);
            worst = std::max({worst, e.norm, e.largest});
        }
        std::printf("\n");
        std::fflush(stdout);
    }
    return worst;
}

} // namespace

int main(int argc, char** argv) {
    int const batch = argc > 1 ? std::atoi(argv[1]) : 1, threads = argc > 2 ? std::atoi(argv[2]) : 1;
    std::printf("%-32s   %-17s   %-17s   %-17s\n%-32s", "batch", "forward", "input gradient", "weight gradient",
                std::to_string(batch).c_str());
    for (int i = 0; i < 3; ++i) std::printf("   %8s %8s", "norm", "largest");
    std::printf("\n");
    double worst = 0;
    for (auto const& [width, layers] :
         {std::pair{"w1", benchmarks::layers_at_full_width()}, {"w1/4", benchmarks::layers_at_quarter_width()}})
        worst = std::max({worst, print(width, layers.convolutions, batch, threads), print(width, layers.products, batch, threads)});
    std::printf("largest of all: %.1e\n", worst);
    return worst < 1e-4 ? 0 : 1;
}
