// SPDX-License-Identifier: MIT
// Times passes of the paper's net one by one; compare.sh builds it for two versions of the library.
//
//     program <forward|train> <1|1/4> <batch> <threads> <seconds>      milliseconds of each pass, one a line
#include <mcfa/backend/eigen.hpp>
#include <mcfa/train/step/training_step.hpp>
#include <mcfa/weighting/uniform.hpp>
#include <mcfa/zoo/mcfa.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

using namespace mcfa;
using cpu = backend::eigen;
using clock = std::chrono::steady_clock;

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

template <class Pass>
void time_passes(double seconds, Pass const& pass) {
    for (int i = 0; i < 2; ++i) pass(); // scratch memory grows, threads start
    auto const end = clock::now() + std::chrono::duration<double>(seconds);
    do {
        auto const start = clock::now();
        pass();
        std::printf("%.4f\n", std::chrono::duration<double, std::milli>(clock::now() - start).count());
    } while (clock::now() < end);
}

template <class Net>
void run(std::string const& kind, std::size_t size, int threads, double seconds) {
    model<Net, float, cpu> m{seed{1}, cpu{threads}};
    batch const b = make_batch(m.net(), size);
    if (kind == "train") {
        training_step<float, cpu, sgd, weighting::uniform> step(m, sgd{.rate = 1e-5, .momentum = 0.9}, {}, size, {}, 0, seed{1});
        time_passes(seconds, [&] { step.run(b, 1); });
    } else {
        prepared_model const ready{m, size};
        workspace<float, cpu> w(m, size, purpose::inference);
        time_passes(seconds, [&] {
            for (std::size_t j = 0; j < b.windows.size(); ++j) w.load(j, b.windows[j], size);
            forward(ready, w, size);
        });
    }
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 6) return std::fputs("usage: program <forward|train> <1|1/4> <batch> <threads> <seconds>\n", stderr), 2;
    std::string const kind = argv[1], width = argv[2];
    auto const size = static_cast<std::size_t>(std::atoi(argv[3]));
    int const threads = std::atoi(argv[4]);
    double const seconds = std::atof(argv[5]);
    if (width == "1") run<zoo::mcfa_net<zoo::width<1>>>(kind, size, threads, seconds);
    else run<zoo::mcfa_net<zoo::width<1, 4>>>(kind, size, threads, seconds);
}
