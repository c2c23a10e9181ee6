// SPDX-License-Identifier: MIT
#include "convolution_passes.hpp"
#include "samples.hpp"

#include <mcfa/backend/eigen.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

using namespace mcfa;
using test::relative_difference;
using test::samples;

BOOST_AUTO_TEST_SUITE(backend_accuracy)

namespace {

/// The widest layers of the cascade, on images cut to a size that double precision can follow in a moment.
std::vector<convolution> layers() {
    std::vector<convolution> ops;
    for (auto [in, out, size] : {std::array{3, 64, 40}, {16, 16, 112}, {64, 64, 56}, {64, 128, 28}, {128, 256, 28}, {512, 512, 14}})
        ops.push_back({{in, size, size}, out, 3, 1, 1});
    ops.push_back({{256, 7, 7}, 256, 7, 1, 0});
    ops.push_back({{64, 56, 56}, 128, 1, 1, 0});
    return ops;
}

std::vector<double> widened(std::vector<float> const& values) { return {values.begin(), values.end()}; }

} // namespace

/// The double-precision results are held to the reference backend elsewhere; here single precision is held to them.
BOOST_AUTO_TEST_CASE(single_precision_stays_close_to_double) {
    constexpr int batch = 2;
    backend::eigen::execution run(backend::eigen{.threads = 2});
    for (auto const& op : layers()) {
        BOOST_TEST_CONTEXT(to_string(op.in) << " to " << op.out_channels) {
            // As behind a ReLU: no negative input, so that sums do not cancel by chance.
            auto x = samples<float>(batch * op.in.size(), 1);
            for (float& value : x) value = std::max(value, 0.0f);
            auto const dy = samples<float>(batch * op.out().size(), 2);
            auto const weights = samples<float>(op.weights(), 3);
            std::vector<float> y(dy.size()), dx(x.size()), dweights(weights.size());
            test::convolve<decltype(run), float>(run, op, batch, x.data(), weights.data(), nullptr, y.data());
            test::convolve_gradients<decltype(run), float>(run, op, batch, x.data(), dy.data(), weights.data(), dx.data(), dweights.data(),
                                                           nullptr);
            auto const x2 = widened(x), dy2 = widened(dy), weights2 = widened(weights);
            std::vector<double> y2(y.size()), dx2(x.size()), dweights2(weights.size());
            test::convolve<decltype(run), double>(run, op, batch, x2.data(), weights2.data(), nullptr, y2.data());
            test::convolve_gradients<decltype(run), double>(run, op, batch, x2.data(), dy2.data(), weights2.data(), dx2.data(),
                                                            dweights2.data(), nullptr);
            BOOST_TEST(relative_difference(y, y2) < 1e-5);
            BOOST_TEST(relative_difference(dx, dx2) < 1e-5);
            BOOST_TEST(relative_difference(dweights, dweights2) < 1e-5);
            BOOST_TEST_MESSAGE(to_string(op.in)
                               << " to " << op.out_channels << ": forward " << relative_difference(y, y2) << ", input "
                               << relative_difference(dx, dx2) << ", weights " << relative_difference(dweights, dweights2));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
