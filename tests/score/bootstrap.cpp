// SPDX-License-Identifier: MIT
// Intervals by resampling: against NumPy's quantiles, the normal approximation, and the law that persons count whole.
#include <mcfa/core/error.hpp>
#include <mcfa/core/read_file.hpp>
#include <mcfa/score/attribute_intervals.hpp>
#include <mcfa/score/groups.hpp>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdint>
#include <vector>

using namespace mcfa;

BOOST_AUTO_TEST_SUITE(bootstrap_test)

/// The interval of a share: `right` of `groups` groups, each of `each` equal samples.
score::interval of_share(std::size_t groups, std::size_t right, std::size_t each) {
    score::attribute_samples samples({"A"});
    for (std::size_t g = 0; g < groups; ++g)
        for (std::size_t i = 0; i < each; ++i) samples.add(std::vector{g < right ? 0.9f : 0.1f}, std::vector<std::int8_t>{1}, g);
    return score::attribute_intervals(score::attribute_scorer(samples), groups)[0][score::attribute_figure::accuracy];
}

BOOST_AUTO_TEST_CASE(quantiles_are_those_of_numpy) {
    auto const golden = nlohmann::json::parse(read_file(MCFA_GOLDEN_DIR "/attribute_figures.json"));
    auto const values = golden["values"].get<std::vector<double>>();
    for (auto const& q : golden["quantiles"])
        BOOST_TEST(std::abs(score::quantile(values, q[0].get<double>()) - q[1].get<double>()) < 1e-12);
}

BOOST_AUTO_TEST_CASE(the_interval_of_a_share_is_near_the_normal_one) {
    auto const found = of_share(400, 300, 1);
    double const half = 1.96 * std::sqrt(0.75 * 0.25 / 400); // 4.2 points
    BOOST_TEST(std::abs(found.low - (0.75 - half)) < 0.005);
    BOOST_TEST(std::abs(found.high - (0.75 + half)) < 0.005);
}

BOOST_AUTO_TEST_CASE(ten_photos_of_a_person_say_no_more_than_one) {
    auto const one = of_share(40, 30, 1), ten = of_share(40, 30, 10);
    BOOST_TEST(one.low == ten.low);
    BOOST_TEST(one.high == ten.high);
}

BOOST_AUTO_TEST_CASE(what_is_rarely_measured_has_no_interval) {
    score::attribute_samples samples({"A"});
    for (std::size_t n = 0; n < 40; ++n) samples.add(std::vector{0.9f}, std::vector<std::int8_t>{-1}, n);
    auto const found = score::attribute_intervals(score::attribute_scorer(samples), 40);
    BOOST_TEST(std::isnan(found[0][score::attribute_figure::recall].low));
    BOOST_TEST(found[0][score::attribute_figure::accuracy].high == 0);
    BOOST_TEST(std::isnan(of_share(1, 1, 5).low)); // one person
}

BOOST_AUTO_TEST_CASE(faces_of_a_person_are_a_group_and_unknown_ones_are_alone) {
    score::group_numbers groups;
    BOOST_TEST(groups.of(7) == 0);
    BOOST_TEST(groups.of(-1) == 1);
    BOOST_TEST(groups.of(7) == 0);
    BOOST_TEST(groups.of(-1) == 2);
    BOOST_TEST(groups.of(3) == 3);
    BOOST_TEST(groups.count() == 4);
    BOOST_TEST(groups.persons() == 2);
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_named) {
    auto const nothing = [](auto, auto) {};
    BOOST_CHECK_THROW(score::bootstrap(2, 1, nothing, {.replicates = 1}), option_error);
    BOOST_CHECK_THROW(score::bootstrap(2, 1, nothing, {.level = 1}), option_error);
}

BOOST_AUTO_TEST_SUITE_END()
