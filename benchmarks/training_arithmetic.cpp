// SPDX-License-Identifier: MIT
// Times steps of joint training with products in float and in bfloat16 in turn, so that both meet the same machine.
//
//     training_arithmetic <1|1/4> <batch> <threads> <rounds>
//
// For each: median milliseconds of a step, by the clock and of processor time (which other programs hardly change).
#include <mcfa/backend/eigen_in_bf16.hpp>
#include <mcfa/train/step/training_step.hpp>
#include <mcfa/weighting/uniform.hpp>
#include <mcfa/zoo/mcfa.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

namespace {

using namespace mcfa;

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

template <class Net, class B>
class training {
public:
    training(std::size_t batch, int threads)
        : model_{seed{1}, B{.threads = threads}}, step_(model_, sgd{.rate = 1e-4}, {}, batch, {}, 0, seed{1}) {}

    /// A step, and keeps the time.
    void run(batch const& b) {
        auto const start = std::chrono::steady_clock::now();
        std::clock_t const used = std::clock();
        step_.run(b, 1);
        processor_.push_back(1e3 * static_cast<double>(std::clock() - used) / CLOCKS_PER_SEC);
        clock_.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
    }
    /// Medians without the first step, in which memory grows: by the clock, of processor time.
    std::array<double, 2> medians() const {
        auto const median = [](std::vector<double> values) {
            values.erase(values.begin());
            std::ranges::sort(values);
            return values[values.size() / 2];
        };
        return {median(clock_), median(processor_)};
    }

private:
    model<Net, float, B> model_;
    training_step<float, B, sgd, weighting::uniform> step_;
    std::vector<double> clock_, processor_;
};

template <class Net>
void compare(std::string const& width, std::size_t batch, int threads, int rounds) {
    training<Net, backend::eigen> plain(batch, threads);
    training<Net, backend::eigen_in<bf16>> narrow(batch, threads);
    auto const b = make_batch(Net::info, batch);
    for (int round = 0; round < rounds + 1; ++round) plain.run(b), narrow.run(b);
    auto const a = plain.medians(), c = narrow.medians();
    std::printf("width %s, batch %zu, threads %d, bfloat16 by %s\n", width.c_str(), batch, threads,
                backend::eigen_engine::pair_engine.data());
    std::printf("float    %.1f ms (processor %.1f)\n", a[0], a[1]);
    std::printf("bfloat16 %.1f ms (processor %.1f): %.2f times as fast (processor %.2f)\n", c[0], c[1], a[0] / c[0], a[1] / c[1]);
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 5) return std::fprintf(stderr, "usage: training_arithmetic <1|1/4> <batch> <threads> <rounds>\n"), 2;
    std::string const width = argv[1];
    auto const batch = static_cast<std::size_t>(std::atoi(argv[2]));
    int const threads = std::atoi(argv[3]), rounds = std::atoi(argv[4]);
    if (width == "1") compare<zoo::mcfa_net<zoo::width<1>>>(width, batch, threads, rounds);
    else compare<zoo::mcfa_net<zoo::width<1, 4>>>(width, batch, threads, rounds);
}
