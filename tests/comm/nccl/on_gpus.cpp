// SPDX-License-Identifier: MIT
// A training over NCCL, with as many ranks as there are GPUs, has the bits of one rank. Without a GPU it ends with status 77, skipped.
#include "../../train/small_training.hpp"
#include "../thread_ranks.hpp"

#include <mcfa/comm/alone.hpp>
#include <mcfa/comm/nccl.hpp>
#include <mcfa/train/over_ranks.hpp>

#include <cstdio>

using namespace mcfa;

namespace {

template <class C>
std::vector<float> train(C ranks) {
    auto m = test::fresh();
    trainer t{m, test::rule, weighting::harder_first{.rate = 0.1}, no_report{}, ranks};
    t.fit(test::fake_faces{.windows = 31}, test::fake_faces{.windows = 17, .key = 2}, {.epochs = 2, .batch = 24, .block = 3});
    return m.values();
}

} // namespace

int main() try {
    int gpus = 0;
    if (cudaError_t const found = cudaGetDeviceCount(&gpus); found != cudaSuccess || gpus == 0) {
        std::printf("skipped: there is no GPU: %s\n", cudaGetErrorString(found));
        return 77;
    }
    auto const expected = train(comm::one{});
    int const size = std::min(gpus, 8);
    for (auto const& thrown : thread_ranks::run(size, [&](thread_ranks ranks) {
             if (train(comm::nccl(ranks, ranks.rank())) != expected) throw error("the model differs from that of one rank");
         }))
        if (thrown) std::rethrow_exception(thrown);
    std::printf("%d ranks, the bits of one\n", size);
} catch (std::exception const& problem) {
    std::fprintf(stderr, "%s\n", problem.what());
    return 1;
}
