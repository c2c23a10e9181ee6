// SPDX-License-Identifier: MIT
// The paper's cascade at width 1 on a GPU: forward passes and training steps in every precision. One JSON line a measurement, the same that
// pytorch.py prints. Times are CUDA events around single runs, after a warm-up; the median is taken.
#include <mcfa/backend/cuda.hpp>
#include <mcfa/model/pass/repeat.hpp>
#include <mcfa/train/step/training_step.hpp>
#include <mcfa/weighting/uniform.hpp>
#include <mcfa/zoo/mcfa.hpp>

#include <cuda_runtime_api.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

using namespace mcfa;

namespace {

using net = zoo::mcfa_net<>;

double multiply_adds() {
    double sum = 0;
    for (stage_info const& stage : net::info.stages) sum += static_cast<double>(stage.multiply_adds);
    return sum;
}

double median(std::vector<float> times) {
    std::sort(times.begin(), times.end());
    return times[times.size() / 2];
}

/// Median milliseconds of `runs` runs.
template <class Run, class F>
double timed(Run& run, int warm_up, int runs, F&& work) {
    auto const stream = static_cast<cudaStream_t>(run.native_handle());
    cudaEvent_t begin, end;
    cudaEventCreate(&begin);
    cudaEventCreate(&end);
    for (int i = 0; i < warm_up; ++i) work();
    std::vector<float> times(static_cast<std::size_t>(runs));
    for (float& time : times) {
        cudaEventRecord(begin, stream);
        work();
        cudaEventRecord(end, stream);
        cudaEventSynchronize(end);
        cudaEventElapsedTime(&time, begin, end);
    }
    cudaEventDestroy(begin);
    cudaEventDestroy(end);
    return median(times);
}

double used_megabytes(std::size_t free_before) {
    std::size_t free = 0, total = 0;
    cudaMemGetInfo(&free, &total);
    return static_cast<double>(free_before - free) / 1e6;
}

void report(char const* what, char const* precision, std::size_t batch, double milliseconds, double passes, double megabytes) {
    double const flops = 2 * multiply_adds() * static_cast<double>(batch) * passes / (milliseconds * 1e-3);
    std::printf("{\"who\": \"mcfa\", \"what\": \"%s\", \"precision\": \"%s\", \"batch\": %zu, \"variant\": \"graph\", \"ms\": %.4f, "
                "\"tflops\": %.2f, \"mb\": %.0f}\n",
                what, precision, batch, milliseconds, flops / 1e12, megabytes);
    std::fflush(stdout);
}

template <class Precision>
void measure(char const* precision) {
    using B = backend::cuda_in<Precision>;
    std::size_t free = 0, total = 0;
    cudaMemGetInfo(&free, &total);
    model<net, float, B> m{seed{7}};
    for (std::size_t const batch : {1u, 256u}) {
        workspace w{m, batch, purpose::inference};
        prepared_model const ready{m, batch};
        double const time = timed(w.run, 5, batch == 1 ? 100 : 10, [&] { repeat(w.run, batch, [&] { forward(ready, w, batch); }); });
        report("forward", precision, batch, time, 1, used_megabytes(free));
    }
    for (std::size_t const size : {64u, 256u}) {
        training_step<float, B, sgd, weighting::uniform> step(m, sgd{.rate = 0}, weighting::uniform{}, size, {}, 0, seed{1});
        batch b;
        b.size = size;
        for (stage_info const& stage : net::info.stages) {
            auto const side = static_cast<std::size_t>(stage.side);
            b.windows.push_back(xt::zeros<float>({size, side, side, std::size_t{3}}));
        }
        b.targets = xt::zeros<float>({size, static_cast<std::size_t>(net::info.targets)});
        b.masks = xt::ones<float>({size, static_cast<std::size_t>(net::info.terms)});
        // Everything from the host's arrays to the updated parameters, input and all.
        double const time = timed(step.execution(), 5, 10, [&] { step.run(b, 1); });
        report("training step", precision, size, time, 3, used_megabytes(free));
    }
}

} // namespace

int main() try {
    measure<float>("fp32");
    measure<tf32>("tf32");
    measure<bf16>("bf16");
} catch (std::exception const& problem) {
    std::fprintf(stderr, "ours: %s\n", problem.what());
    return EXIT_FAILURE;
}
