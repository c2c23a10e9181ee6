// Speed of every convolution of the cascade: forward, gradient by the input, gradient by the weights.
//
//     convolution [threads] [batch] [training|paper]
//
// GFLOP/s count the multiplications and additions of the definition, so an algorithm that needs fewer may pass the peak.
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include <mcfa/backend/eigen.hpp>

namespace {

using namespace mcfa;

/// Seconds on the wall, or with one thread the seconds it ran, which other programs disturb less.
double now(bool own_time) {
    timespec t{};
    clock_gettime(own_time ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

/// Median seconds of one call, over at least five calls and a tenth of a second.
template <class F>
double median_seconds(bool own_time, F&& call) {
    call();
    std::vector<double> times;
    double const begin = now(own_time);
    while (times.size() < 5 || (now(own_time) - begin < 0.1 && times.size() < 101)) {
        double const start = now(own_time);
        call();
        times.push_back(now(own_time) - start);
    }
    std::nth_element(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2), times.end());
    return times[times.size() / 2];
}

/// Multiply-adds of one core on registers alone.
double peak_gflops() {
    using namespace backend::cpu;
    constexpr int chains = 12;
    constexpr long repeats = 20'000'000;
    packet<float> sum[chains] = {};
    packet<float> factor = packet<float>{} + 0.999f;
    for (auto& s : sum) asm volatile("" : "+x"(s)); // unknown to the compiler, so that it keeps all chains
    double const seconds = [&] {
        double const start = now(true);
        for (long i = 0; i < repeats; ++i) {
            asm volatile("" : "+x"(factor));
#pragma GCC unroll 16
            for (auto& s : sum) s = s * factor + factor;
        }
        return now(true) - start;
    }();
    volatile float sink = 0;
    for (auto const& s : sum) sink = sink + s[0];
    return 2.0 * chains * lanes<float> * static_cast<double>(repeats) / seconds * 1e-9;
}

std::vector<convolution> training_shapes() {
    std::vector<convolution> shapes;
    for (int w : {1, 2}) {
        for (auto [in, out, size] : {std::array{3, 16 * w, 112}, {16 * w, 16 * w, 112}, {3, 16 * w, 56}, {16 * w, 16 * w, 56},
                                     {16 * w, 32 * w, 56}, {32 * w, 32 * w, 56}, {16 * w, 32 * w, 28}, {32 * w, 32 * w, 28},
                                     {32 * w, 64 * w, 28}, {64 * w, 64 * w, 28}, {32 * w, 64 * w, 14}, {64 * w, 64 * w, 14},
                                     {64 * w, 128 * w, 14}, {128 * w, 128 * w, 14}})
            shapes.push_back({{in, size, size}, out, 3, 1, 1});
        shapes.push_back({{64 * w, 7, 7}, 64 * w, 7, 1, 0});
    }
    return shapes;
}

std::vector<convolution> paper_shapes() {
    std::vector<convolution> shapes;
    for (auto [in, out, size] : {std::array{3, 64, 224}, {64, 64, 224}, {64, 128, 112}, {128, 128, 112}, {128, 256, 56}, {256, 256, 56},
                                 {256, 512, 28}, {512, 512, 28}, {512, 512, 14}})
        shapes.push_back({{in, size, size}, out, 3, 1, 1});
    shapes.push_back({{256, 7, 7}, 256, 7, 1, 0});
    return shapes;
}

} // namespace

int main(int argc, char** argv) {
    int const threads = argc > 1 ? std::atoi(argv[1]) : 1;
    int const batch = argc > 2 ? std::atoi(argv[2]) : 8;
    bool const paper = argc > 3 && std::string(argv[3]) == "paper";
    backend::eigen::execution run(backend::eigen{threads});
    double const peak = peak_gflops();
    std::printf("%d threads, batch %d, float; peak of one core %.1f GFLOP/s\n", run.threads(), batch, peak);
    std::printf("%-26s %10s %8s %8s %8s   %8s %8s %8s\n", "layer", "GFLOP", "forward", "input", "weights", "ms", "ms", "ms");
    double total[3] = {};
    for (auto const& op : paper ? paper_shapes() : training_shapes()) {
        auto const n = static_cast<std::size_t>(batch);
        std::vector<float> x(n * op.in.size(), 0.5f), y(n * op.out().size()), dy(y.size(), 0.25f), dx(x.size());
        std::vector<float> weights(op.weights(), 0.125f), dweights(op.weights());
        std::vector<float> bias(static_cast<std::size_t>(op.out_channels), 1.0f), dbias(bias.size());
        using kernel = mcfa::kernel<convolution, backend::eigen>;
        double const work = 2e-9 * static_cast<double>(op.weights()) * static_cast<double>(op.out().pixels()) * batch;
        double const seconds[3] = {
            median_seconds(threads == 1, [&] { kernel::forward(run, op, batch, x.data(), weights.data(), bias.data(), y.data()); }),
            median_seconds(threads == 1, [&] { kernel::backward_input(run, op, batch, dy.data(), weights.data(), dx.data()); }),
            median_seconds(threads == 1, [&] { kernel::backward_weights(run, op, batch, x.data(), dy.data(), dweights.data(), dbias.data()); })};
        std::printf("%-14s to %4d k%d   %10.3f %8.1f %8.1f %8.1f   %8.3f %8.3f %8.3f\n", to_string(op.in).c_str(), op.out_channels, op.kernel,
                    work, work / seconds[0], work / seconds[1], work / seconds[2], seconds[0] * 1e3, seconds[1] * 1e3, seconds[2] * 1e3);
        for (int i = 0; i < 3; ++i) total[i] += seconds[i] * 1e3;
    }
    std::printf("%-26s %10s %8s %8s %8s   %8.2f %8.2f %8.2f\n", "total", "", "", "", "", total[0], total[1], total[2]);
}
