// SPDX-License-Identifier: MIT
// Times inference by `backend::eigen`, compiled for this processor, and by `backend::x86`, compiled for several and chosen at run time, in turn.
//
//     run_time_choice <1|1/4> <batch> <threads> <rounds>
//
// For each arithmetic: median milliseconds of processor time and by the clock, and their ratios. MCFA_X86_LEVEL chooses another level.
#include <mcfa/backend/eigen_bfloat16.hpp>
#include <mcfa/backend/x86.hpp>
#include <mcfa/core/random.hpp>
#include <mcfa/model/pass/forward.hpp>
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

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

template <class Net, class Backend, class Stored>
class inference {
public:
    inference(std::size_t batch, int threads)
        : batch_(batch), model_(Backend{threads}), ready_(model_, batch), workspace_(model_, batch, purpose::inference) {
        random_stream random{1};
        for (std::size_t j = 0; j < model_.net().stages.size(); ++j) {
            auto const side = static_cast<std::size_t>(model_.net().stages[j].side);
            array<float, 4> windows({batch, side, side, std::size_t{3}});
            for (float& v : windows) v = static_cast<float>(random.uniform(-1, 1));
            workspace_.load(j, windows, batch);
        }
        forward(ready_, workspace_, batch_); // memory grows in the first pass
    }

    void run() {
        auto const start = std::chrono::steady_clock::now();
        std::clock_t const used = std::clock();
        forward(ready_, workspace_, batch_);
        processor.push_back(1e3 * static_cast<double>(std::clock() - used) / CLOCKS_PER_SEC);
        clock.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
    }

    std::vector<double> processor, clock;

private:
    std::size_t batch_;
    inference_model<Net, float, Backend> model_;
    prepared_model<float, Backend, Stored> ready_;
    workspace_for<float, Backend, Stored> workspace_;
};

template <class Net, class Stored>
void compare(char const* arithmetic, std::size_t batch, int threads, int rounds) {
    inference<Net, backend::eigen, Stored> native(batch, threads);
    inference<Net, backend::x86, Stored> chosen(batch, threads);
    for (int round = 0; round < rounds; ++round) native.run(), chosen.run();
    double const a = median(native.processor), b = median(chosen.processor), c = median(native.clock), d = median(chosen.clock);
    std::printf(
        "%s: this processor's flags %.2f ms (processor %.2f), level %s %.2f ms (processor %.2f): %.3f times as long (processor %.3f)\n",
        arithmetic, c, a, std::string(name_of(backend::x86::level())).c_str(), d, b, d / c, b / a);
}

template <class Net>
void compare_all(std::size_t batch, int threads, int rounds) {
    compare<Net, float>("float", batch, threads, rounds);
    compare<Net, bfloat16>("bfloat16", batch, threads, rounds);
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 5) return std::fprintf(stderr, "usage: run_time_choice <1|1/4> <batch> <threads> <rounds>\n"), 2;
    auto const batch = static_cast<std::size_t>(std::atoi(argv[2]));
    int const threads = std::atoi(argv[3]), rounds = std::atoi(argv[4]);
    std::printf("width %s, batch %zu, threads %d\n", argv[1], batch, threads);
    if (std::string(argv[1]) == "1") compare_all<zoo::mcfa_net<zoo::width<1>>>(batch, threads, rounds);
    else compare_all<zoo::mcfa_net<zoo::width<1, 4>>>(batch, threads, rounds);
}
