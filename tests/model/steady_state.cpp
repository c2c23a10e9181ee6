// SPDX-License-Identifier: MIT
// Passes over a net allocate nothing once they have run.
#include "allocations.hpp"
#include "tiny_net.hpp"

#include <mcfa/backend/eigen.hpp>

#include <boost/test/unit_test.hpp>

using namespace mcfa;
using namespace mcfa::test;

BOOST_AUTO_TEST_CASE(passes_that_have_run_allocate_nothing) {
    for (int const threads : {1, 2}) {
        model<tiny_net, float, backend::eigen> m{seed{3}, backend::eigen{.threads = threads}};
        auto const windows = noisy_batch<tiny_net>(5, 9);
        workspace<float, backend::eigen> w(m, 5, purpose::inference), t(m, 5, purpose::training);
        prepared_model const ready{m, 5};
        aligned_buffer<float> gradients(m.net().learned);
        auto const step = [&] {
            load_all(w, windows, 5);
            forward(ready, w, 5);
            load_all(t, windows, 5);
            forward_training(m, t, 5, 1);
            backward(m, t, 5, gradients.data(), 1);
        };
        long const before = allocations;
        step();
        BOOST_TEST(allocations > before); // the counter counts
        step();
        long const warm = allocations;
        for (int repeat = 0; repeat < 3; ++repeat) step();
        long const after = allocations;
        BOOST_TEST(after == warm);
    }
}
