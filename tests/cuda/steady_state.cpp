// SPDX-License-Identifier: MIT
// A training step that has settled takes no more of the GPU's memory.
#include "../train/fake_faces.hpp"

#include <mcfa/backend/cuda.hpp>
#include <mcfa/train/step/training_step.hpp>
#include <mcfa/weighting/harder_first.hpp>

#include <boost/test/unit_test.hpp>
#include <cuda_runtime_api.h>

#include <cstddef>

using namespace mcfa;

BOOST_AUTO_TEST_SUITE(cuda_steady_state)

BOOST_AUTO_TEST_CASE(a_settled_step_allocates_nothing_on_the_gpu) {
    using B = backend::cuda;
    constexpr std::size_t windows = 8;
    auto reader = test::fake_faces{.windows = windows}.batches(encoding_of(golden::net::info), {.batch = windows});
    batch b;
    reader.begin(1);
    BOOST_REQUIRE(reader.next(b));
    model<golden::net, float, B> m{seed{3}};
    training_step<float, B, adamw, weighting::harder_first> step(m, adamw{}, weighting::harder_first{}, windows, {}, 5, seed{5});
    auto const free_after = [&](int steps) {
        for (int i = 0; i < steps; ++i) step.run(b, 1);
        step.totals();
        std::size_t free = 0, total = 0;
        BOOST_REQUIRE(cudaMemGetInfo(&free, &total) == cudaSuccess);
        return free;
    };
    std::size_t const settled = free_after(12); // by then every lane of the way in has been used
    BOOST_TEST(free_after(60) == settled);
}

BOOST_AUTO_TEST_SUITE_END()
