// SPDX-License-Identifier: MIT
#include <mcfa/weighting/conflict.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <vector>

using namespace mcfa;

BOOST_AUTO_TEST_SUITE(weighting_conflict)

// Three gradients in the plane: (1, 0), (0, 2) and (-1, 1). Cosines 0, -1 / sqrt 2 and 1 / sqrt 2.
BOOST_AUTO_TEST_CASE(cosines_are_counted_by_hand) {
    std::vector<double> const first{1, 0, -1, 0, 4, 2, -1, 2, 2};
    std::vector<double> const unlabelled{0, 0, 0, 0, 4, 2, 0, 2, 2}; // of the first attribute; only the last pair counts
    weighting::conflict_meter meter;
    BOOST_TEST(std::isnan(meter.share()));
    BOOST_TEST(std::isnan(meter.result().lowest_cosine));
    meter.add({first.data(), 3, 3});
    BOOST_TEST(std::abs(meter.share() - 1. / 3) < 1e-12);
    meter.add({unlabelled.data(), 3, 3});
    auto const found = meter.result();
    BOOST_TEST(std::abs(found.share - 1. / 4) < 1e-12);
    BOOST_TEST(std::abs(found.lowest_cosine + std::sqrt(0.5)) < 1e-12);
    BOOST_TEST(found.first == 0u);
    BOOST_TEST(found.second == 2u);
}

BOOST_AUTO_TEST_CASE(the_lowest_mean_is_a_mean_over_steps) {
    weighting::conflict_meter meter;
    for (double const cosine : {-0.9, 0.5, 0.1}) {
        std::vector<double> const gramian{1, cosine, cosine, 1};
        meter.add({gramian.data(), 2, 2});
    }
    BOOST_TEST(std::abs(meter.result().lowest_cosine + 0.1) < 1e-12);
    BOOST_TEST(std::abs(meter.share() - 1. / 3) < 1e-12);
}

BOOST_AUTO_TEST_SUITE_END()
