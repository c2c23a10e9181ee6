// SPDX-License-Identifier: MIT
// tf32 and bf16 against strict fp32: they differ, and by no more than their bits of mantissa allow.
#include "../backend/convolution_passes.hpp"
#include "../backend/samples.hpp"
#include "settled.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

using namespace mcfa;
using test::samples;

BOOST_AUTO_TEST_SUITE(cuda_precision)

namespace {

struct results {
    std::vector<float> y, dx, dweights, dbias;
};

template <class Precision>
results convolved(convolution const& op, int batch) {
    auto const n = static_cast<std::size_t>(batch);
    auto const x = samples<float>(n * op.in.size(), 1), dy = samples<float>(n * op.out().size(), 2),
               weights = samples<float>(op.weights(), 3);
    auto const bias = samples<float>(static_cast<std::size_t>(op.out_channels), 4);
    results r{std::vector<float>(dy.size()), std::vector<float>(x.size()), std::vector<float>(weights.size()),
              std::vector<float>(bias.size())};
    using B = test::settled<Precision>;
    typename B::execution run{B{}};
    BOOST_TEST_MESSAGE(to_string(op.in) << " to " << op.out_channels << ": " << run.convolution_choice(op, batch));
    test::convolve(run, op, batch, x.data(), weights.data(), bias.data(), r.y.data());
    test::convolve_gradients(run, op, batch, x.data(), dy.data(), weights.data(), r.dx.data(), r.dweights.data(), r.dbias.data());
    return r;
}

template <class Precision>
void expect_near(results const& strict, convolution const& op, int batch, double allowed) {
    results const found = convolved<Precision>(op, batch);
    for (auto const member : {&results::y, &results::dx, &results::dweights}) {
        double const off = test::relative_difference(found.*member, strict.*member);
        BOOST_TEST(off < allowed);
        BOOST_TEST(off > 0);
    }
    BOOST_TEST(test::relative_difference(found.dbias, strict.dbias) < 1e-6); // sums are always fp32
}

} // namespace

BOOST_AUTO_TEST_CASE(lower_precisions_stay_near_strict_fp32) {
    for (convolution const& op : {convolution{{64, 28, 28}, 128, 3, 1, 1}, {{256, 7, 7}, 256, 7, 1, 0}, {{16, 15, 12}, 24, 5, 2, 2}}) {
        results const strict = convolved<float>(op, 8);
        expect_near<tf32>(strict, op, 8, 2e-3);
        expect_near<bf16>(strict, op, 8, 1e-2);
    }
}

BOOST_AUTO_TEST_SUITE_END()
