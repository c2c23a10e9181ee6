// SPDX-License-Identifier: MIT
// Products of matrices by Eigen, as the backend computes them, beside the library's former own form: dense layers and heads of the paper's
// net at width 1 and 1/4, the convolution of S whose window is the full plane, and convolutions whose window is one pixel.
//
//     products [seconds for each measurement]
//
// Times are medians in microseconds; the two forms are measured in turns. The ratio is own over Eigen: above 1 Eigen is faster.
#include "../paper_layers.hpp"
#include "own_dense.hpp"

#include <mcfa/backend/eigen.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

using namespace mcfa;

/// A product of `rows` rows for each sample: 1, or the pixels of a plane.
struct product {
    std::string name;
    dense_product op;
    int rows = 1;
};

std::vector<product> products_of(benchmarks::paper_layers const& layers, int pixelwise_channels) {
    std::vector<product> found;
    for (auto const& op : layers.products) found.push_back({benchmarks::name_of(op), op});
    for (auto const& op : layers.convolutions)
        if (op.kernel == op.in.height && op.pad == 0)
            found.push_back({benchmarks::name_of(op), {static_cast<int>(op.in.size()), op.out_channels}});
    int const c = pixelwise_channels;
    convolution const pixelwise{{c, 28, 28}, c, 1, 1, 0};
    found.push_back({benchmarks::name_of(pixelwise), {c, c}, pixelwise.in.pixels()});
    return found;
}

template <class F>
double microseconds(F const& work) {
    auto const begin = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin).count();
}

double median(std::vector<double>& times) {
    auto const middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
    std::nth_element(times.begin(), middle, times.end());
    return *middle;
}

/// Prints both medians and their ratio, from calls in turns for about so long.
template <class Own, class Eigens>
void compare(double seconds, Own const& own, Eigens const& eigens) {
    std::vector<double> mine, theirs;
    own();
    eigens();
    for (double spent = 0; spent < seconds * 1e6 || mine.size() < 5;) {
        mine.push_back(microseconds(own));
        theirs.push_back(microseconds(eigens));
        spent += mine.back() + theirs.back();
    }
    double const m = median(mine), t = median(theirs);
    std::printf("  %9.1f %9.1f %5.2f", m, t, m / t);
    std::fflush(stdout);
}

void print(char const* width, product const& p, int batch, int threads, double seconds) {
    auto const& op = p.op;
    int const rows = batch * p.rows;
    backend::eigen::execution run(backend::eigen{threads});
    std::size_t const in = op.in, out = op.out;
    std::vector<float> const x(rows * in, 0.5f), dy(rows * out, 0.25f), w(op.weights(), 0.125f), bias(out, 1.0f);
    std::vector<float> y(dy.size()), dx(x.size()), dw(w.size()), dbias(out);
    matrix<float const> const x_rows{x.data(), rows, in}, dy_rows{dy.data(), rows, out}, weights{w.data(), out, in};
    std::printf("%-5s %-26s %5d %7d", width, p.name.c_str(), batch, threads);
    compare(
        seconds, [&] { benchmarks::own_forward(run, op, rows, x.data(), w.data(), bias.data(), y.data()); },
        [&] { compute(run, dense_forward<float>{.x = x_rows, .weights = weights, .bias = bias, .y = {y.data(), rows, out}}); });
    compare(
        seconds, [&] { benchmarks::own_input_gradient(run, op, rows, dy.data(), w.data(), dx.data()); },
        [&] { compute(run, dense_input_gradient<float>{.dy = dy_rows, .weights = weights, .dx = {dx.data(), rows, in}}); });
    compare(
        seconds, [&] { benchmarks::own_weight_gradient(run, op, rows, x.data(), dy.data(), dw.data(), dbias.data()); },
        [&] { compute(run, dense_weight_gradient<float>{.x = x_rows, .dy = dy_rows, .dweights = {dw.data(), out, in}, .dbias = dbias}); });
    std::printf("\n");
}

} // namespace

int main(int argc, char** argv) {
    double const seconds = argc > 1 ? std::atof(argv[1]) : 0.2;
    std::printf("%-32s %5s %7s  %-25s  %-25s  %-25s\n", "microseconds", "batch", "threads", "forward", "gradient of the input",
                "gradient of the weights");
    std::printf("%-46s", "");
    for (int pass = 0; pass < 3; ++pass) std::printf("  %9s %9s %5s", "own", "Eigen", "ratio");
    std::printf("\n");
    auto const full = products_of(benchmarks::layers_at_full_width(), 256),
               quarter = products_of(benchmarks::layers_at_quarter_width(), 64);
    for (int const threads : {1, 2})
        for (int const batch : {1, 8, 32}) {
            for (auto const& p : full) print("w1", p, batch, threads, seconds);
            for (auto const& p : quarter) print("w1/4", p, batch, threads, seconds);
        }
}
