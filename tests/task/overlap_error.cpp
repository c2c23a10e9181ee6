// SPDX-License-Identifier: MIT
#include <mcfa/core/random.hpp>
#include <mcfa/task/overlap_error.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <cmath>
#include <cstddef>

using namespace mcfa;

namespace {

using four = std::array<double, 4>;

/// Rows of logits or targets: left, top, height, width, as `face_box` states them.
four tenths(box b) {
    auto const tenth = [](float sides) { return (static_cast<double>(sides) - 0.5) * 10; };
    return {tenth(b.left), tenth(b.top), tenth(b.height), tenth(b.width)};
}

double error(four z, four y, four* slope = nullptr) {
    four dz{};
    double const value = overlap_error::evaluate<double>({z.data(), 4}, {y.data(), 4}, {dz.data(), 4});
    if (slope) *slope = dz;
    return value;
}

} // namespace

BOOST_AUTO_TEST_SUITE(overlap_errors)

BOOST_AUTO_TEST_CASE(values_are_those_of_the_formula) {
    four const truth = tenths({0.2f, 0.3f, 0.4f, 0.4f});
    BOOST_TEST(std::abs(error(truth, truth)) < 1e-6);
    // half a side aside: IoU 1/3; centres .2 apart, the box around both .6 x .4
    BOOST_TEST(error(tenths({0.4f, 0.3f, 0.4f, 0.4f}), truth) == 1 - 1.0 / 3 + 0.04 / 0.52, boost::test_tools::tolerance(1e-5));
    // apart: centres .6 apart, the box around both 1 x .4
    BOOST_TEST(error(tenths({0.8f, 0.3f, 0.4f, 0.4f}), truth) == 1 + 0.36 / 1.16, boost::test_tools::tolerance(1e-5));
}

BOOST_AUTO_TEST_CASE(slopes_are_finite_differences) {
    random_stream random{4};
    for (int n = 0; n < 400; ++n) {
        auto const drawn = [&](double least) {
            auto const side = [&] { return static_cast<float>(random.uniform(least, 0.9)); };
            float const left = static_cast<float>(random.uniform(-0.2, 0.8)), top = static_cast<float>(random.uniform(-0.2, 0.8));
            return tenths({left, top, side(), side()});
        };
        four const y = drawn(0.05), z = drawn(n % 4 == 0 ? -0.5 : 0.05);
        four slope;
        error(z, y, &slope);
        constexpr double step = 1e-6;
        for (std::size_t i = 0; i < 4; ++i) {
            four above = z, below = z;
            above[i] += step, below[i] -= step;
            BOOST_TEST_INFO("pair " << n << ", value " << i);
            BOOST_TEST(std::abs(slope[i] - (error(above, y) - error(below, y)) / (2 * step)) < 1e-5 * (1 + std::abs(slope[i])));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_box_without_area_grows) {
    four const y = tenths({0.2f, 0.3f, 0.4f, 0.4f});
    four slope;
    error(tenths({0.4f, 0.5f, -0.3f, -0.2f}), y, &slope);
    BOOST_TEST(slope[2] < -1);
    BOOST_TEST(slope[3] < -1);
}

BOOST_AUTO_TEST_SUITE_END()
