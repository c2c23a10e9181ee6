// SPDX-License-Identifier: MIT
// How fast a folder's windows can be read, and how fast the paper's S + M at width 1/4 trains on them, in processor time of one core:
// input_rate <folder of CelebA's layout> [batches]
#include <mcfa/backend/eigen.hpp>
#include <mcfa/data/celeba.hpp>
#include <mcfa/train/step/training_step.hpp>
#include <mcfa/weighting/harder_first.hpp>
#include <mcfa/zoo/mcfa.hpp>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <exception>

using namespace mcfa;

namespace {

/// Processor time of all threads while work(batch) runs on `count` batches, and of that what `work` itself took, on this thread.
struct cost {
    double windows = 0, reading = 0, working = 0;
};

double processor_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

double seconds_of_this_thread() {
    std::timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

template <class Reader, class Work>
cost run(Reader& reader, std::size_t count, Work&& work) {
    cost all;
    batch b;
    double const start = processor_seconds();
    reader.begin(1);
    for (std::size_t i = 0; i < count && reader.next(b); ++i) {
        double const before = seconds_of_this_thread();
        work(b);
        all.working += seconds_of_this_thread() - before;
        all.windows += static_cast<double>(b.size);
    }
    all.reading = processor_seconds() - start - all.working; // a few batches more than were worked on: they are read ahead
    return all;
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 2) return std::fputs("usage: input_rate <folder of CelebA's layout> [batches]\n", stderr), 2;
    try {
        std::size_t const count = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 60, size = 32;
        data::celeba const faces{argv[1]};
        model<zoo::mcfa_net_sm<zoo::width<1, 4>>, float, backend::eigen> m{seed{1}, backend::eigen{.threads = 1}};
        training_step<float, backend::eigen, adamw, weighting::harder_first> step(m, {}, {}, size, {}, 20, seed{1});
        auto reader = faces.training().batches(encoding_of(m.net()), batch_options{size, 1, seed{1}, true});
        auto const all = run(reader, count, [&](batch const& b) { step.run(b, 1); });
        std::printf("%.0f windows; a core reads %.0f windows a second and trains on %.1f: reading takes %.1f %% of the work\n", all.windows,
                    all.windows / all.reading, all.windows / all.working, 100 * all.reading / (all.reading + all.working));
        return 0;
    } catch (std::exception const& problem) {
        std::fprintf(stderr, "input_rate: %s\n", problem.what());
        return 1;
    }
}
