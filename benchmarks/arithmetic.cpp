// SPDX-License-Identifier: MIT
// Times inference in float, bfloat16 and int8 in turn, so that all meet the same machine, and compares their logits.
//
//     arithmetic <1|1/4> <batch> <threads> <rounds> [steps]
//
// For each: median milliseconds, by the clock and of processor time (which other programs hardly change), and how many times as fast it is as float. With
// `steps` it also prints what computes each step.
#include <mcfa/backend/eigen_bfloat16.hpp>
#include <mcfa/backend/eigen_int8.hpp>
#include <mcfa/model/calibrate.hpp>
#include <mcfa/model/describe_prepared.hpp>
#include <mcfa/model/pass/forward.hpp>
#include <mcfa/zoo/mcfa.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

namespace {

using namespace mcfa;
using cpu = backend::eigen;

template <class Stored>
class inference {
public:
    inference(basic_model<float, cpu> const& m, std::vector<array<float, 4>> const& windows, std::size_t batch)
        : windows_(windows), batch_(batch), ready(m, batch), workspace_(m, batch, purpose::inference) {}

    /// Crosses to the backend, runs all stages, and keeps the time.
    void run() {
        auto const start = std::chrono::steady_clock::now();
        std::clock_t const used = std::clock();
        for (std::size_t j = 0; j < windows_.size(); ++j) workspace_.load(j, windows_[j], batch_);
        forward(ready, workspace_, batch_);
        processor_.push_back(1e3 * static_cast<double>(std::clock() - used) / CLOCKS_PER_SEC);
        clock_.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
    }
    std::vector<float> logits() {
        std::vector<float> all;
        for (std::size_t j = 0; j < windows_.size(); ++j) {
            auto const stage = workspace_.logits(j, batch_);
            all.insert(all.end(), stage.begin(), stage.end());
        }
        return all;
    }
    /// Medians without the first two passes, in which memory grows: by the clock, of processor time.
    std::array<double, 2> medians() const {
        auto const median = [](std::vector<double> values) {
            values.erase(values.begin(), values.begin() + 2);
            std::ranges::sort(values);
            return values[values.size() / 2];
        };
        return {median(clock_), median(processor_)};
    }

private:
    std::vector<array<float, 4>> const& windows_;
    std::size_t batch_;

public:
    prepared_model<float, cpu, Stored> ready;

private:
    workspace_for<float, cpu, Stored> workspace_;
    std::vector<double> clock_, processor_;
};

template <class Stored>
void report(char const* name, inference<float>& plain, inference<Stored>& other, bool steps) {
    auto const expected = plain.logits(), found = other.logits();
    double largest = 0, furthest = 0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        largest = std::max(largest, std::abs(static_cast<double>(expected[i])));
        furthest = std::max(furthest, std::abs(static_cast<double>(expected[i]) - static_cast<double>(found[i])));
    }
    auto const a = plain.medians(), b = other.medians();
    std::printf("%s %.2f ms (processor %.2f): %.2f times as fast (processor %.2f), logits differ by %.1e\n", name, b[0], b[1], a[0] / b[0],
                a[1] / b[1], furthest / largest);
    if (steps) std::fputs(describe(other.ready).c_str(), stdout);
}

template <class Net>
void compare(std::string const& width, std::size_t batch, int threads, int rounds, bool steps) {
    inference_model<Net, float, cpu> m{cpu{threads}};
    std::vector<array<float, 4>> windows;
    random_stream random{1};
    for (stage_info const& stage : m.net().stages) {
        auto const side = static_cast<std::size_t>(stage.side);
        for (float& v : windows.emplace_back(std::array<std::size_t, 4>{batch, side, side, 3}))
            v = static_cast<float>(random.uniform(-1, 1));
    }
    m.set_quantisation(calibrate(m, windows, {.windows = 4, .batch = 4}));
    inference<float> plain(m, windows, batch);
    inference<bfloat16> narrow(m, windows, batch);
    inference<int8> whole(m, windows, batch);
    for (int round = 0; round < rounds + 2; ++round) plain.run(), narrow.run(), whole.run();
    std::printf("width %s, batch %zu, threads %d, bfloat16 by %s, int8 by %s\n", width.c_str(), batch, threads,
                backend::eigen_engine::pairs_by().data(), name_of(backend::eigen_engine::quads_in_use()).data());
    report("float", plain, plain, steps);
    report("bfloat16", plain, narrow, steps);
    report("int8", plain, whole, steps);
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 5) return std::fprintf(stderr, "usage: arithmetic <1|1/4> <batch> <threads> <rounds> [steps]\n"), 2;
    std::string const width = argv[1];
    auto const batch = static_cast<std::size_t>(std::atoi(argv[2]));
    int const threads = std::atoi(argv[3]), rounds = std::atoi(argv[4]);
    if (width == "1") compare<zoo::mcfa_net<zoo::width<1>>>(width, batch, threads, rounds, argc > 5);
    else compare<zoo::mcfa_net<zoo::width<1, 4>>>(width, batch, threads, rounds, argc > 5);
}
