// SPDX-License-Identifier: MIT
// Recorded work gives what it gives unrecorded, also where numbers or addresses change from one time to the next.
#include "../backend/convolution_passes.hpp"
#include "../backend/samples.hpp"
#include "settled.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace mcfa;

BOOST_AUTO_TEST_SUITE(cuda_graphs)

namespace {

/// p after `steps` steps with a rate that changes.
template <class Step>
std::vector<float> trained(Step&& step) {
    auto const start = test::samples<float>(1000, 1), gradient = test::samples<float>(1000, 2);
    backend::cuda::buffer<float> p(1000), g(1000), v(1000);
    backend::cuda::execution run{backend::cuda{}};
    run.copy_in(p.data(), start.data(), 1000);
    run.copy_in(g.data(), gradient.data(), 1000);
    for (int i = 0; i < 5; ++i)
        step(run, [&, i] {
            compute(run, sgd_update<float>{.p = {p.data(), 1000},
                                           .g = {g.data(), 1000},
                                           .v = {v.data(), 1000},
                                           .rate = 0.1 * (i + 1),
                                           .momentum = 0.9,
                                           .weight_decay = 0.01});
        });
    std::vector<float> result(1000);
    run.copy_out(result.data(), static_cast<float const*>(p.data()), 1000);
    return result;
}

} // namespace

BOOST_AUTO_TEST_CASE(recorded_steps_follow_a_changing_rate) {
    auto const plain = trained([](auto&, auto&& work) { work(); });
    auto const recorded = trained([](auto& run, auto&& work) { run.steady(7, work); });
    BOOST_TEST(plain == recorded);
}

BOOST_AUTO_TEST_CASE(repeated_work_survives_scratch_memory_that_moves) {
    using B = backend::cuda;
    convolution const small{{8, 12, 12}, 16, 3, 1, 1}, large{{64, 56, 56}, 64, 3, 1, 1};
    auto const x = test::samples<float>(2 * large.in.size(), 1), w = test::samples<float>(large.weights(), 2);
    B::buffer<float> dx(x.size()), dw(w.size()), y(2 * large.out().size()), expected(2 * small.out().size());
    B::execution run{B{}}, apart{B{}};
    run.copy_in(dx.data(), x.data(), x.size());
    run.copy_in(dw.data(), w.data(), w.size());
    auto const forward = [&](B::execution& on, convolution const& op, float* to) {
        test::convolve<B::execution, float>(on, op, 2, dx.data(), dw.data(), nullptr, to);
    };
    run.finish();
    forward(apart, small, expected.data());
    std::vector<float> wanted(expected.size()), found(expected.size());
    apart.copy_out(wanted.data(), static_cast<float const*>(expected.data()), wanted.size());
    for (int i = 0; i < 5; ++i) {
        if (i == 3) forward(run, large, y.data()); // needs more scratch memory
        run.fill_zero(y.data(), found.size());
        run.repeated(1, [&] { forward(run, small, y.data()); });
        run.copy_out(found.data(), static_cast<float const*>(y.data()), found.size());
        BOOST_TEST(found == wanted);
    }
}

BOOST_AUTO_TEST_SUITE_END()
