// SPDX-License-Identifier: MIT
#include "ablation/ablation_page.hpp"
#include "ablation/comparison.hpp"

#include <mcfa/core/error.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>

BOOST_AUTO_TEST_SUITE(ablation_comparison)

namespace {

run_answers run(std::string rule, int seed, std::vector<std::string> said) {
    return {.stages = "SM",
            .rule = std::move(rule),
            .seed = seed,
            .labels = {"+-", "-+", "+?", "--"},
            .said = std::move(said),
            .groups = {0, 0, 1, 2},
            .validation_loss = {0.5, 0.4},
            .effective = {2, 1.5},
            .conflicts = {0.25, std::nan("")},
            .seconds = 10};
}

} // namespace

// Of the 8 sign patterns of (1, 1, 1) two have a sum of 3 or -3; of (2, 1) half are as far as 3 from 0.
BOOST_AUTO_TEST_CASE(signs_are_flipped_by_hand) {
    BOOST_TEST(sign_flip_p({}) == 1);
    BOOST_TEST(sign_flip_p({0, 0}) == 1);
    BOOST_TEST(sign_flip_p({1, -1}) == 1);
    BOOST_TEST(sign_flip_p({1, 1, 1}) == 0.25);
    BOOST_TEST(sign_flip_p({2, 0, 1}) == 0.5);
    std::vector<double> many(40, 1.0); // drawn patterns: none but the observed one is as far
    BOOST_TEST(sign_flip_p(many) == 1e-4);
    for (std::size_t i = 0; i < many.size(); i += 2) many[i] = -1;
    BOOST_TEST(sign_flip_p(many) == 1);
}

// The first attribute has 4 labels, the second 3. Accuracies of the base 3/4 and 2/3, of the other rule 1 and 2/3.
BOOST_AUTO_TEST_CASE(rules_are_compared_with_the_first_by_hand) {
    auto const found = compare({run("uniform", 1, {"+-", "++", "+-", "-+"}), run("other", 1, {"+-", "-+", "+-", "-+"})});
    BOOST_REQUIRE_EQUAL(found.rows.size(), 2u);
    BOOST_TEST(std::abs(found.rows[0].accuracy.mean - (3. / 4 + 2. / 3) / 2) < 1e-12);
    BOOST_TEST(std::abs(found.rows[1].accuracy.mean - (1 + 2. / 3) / 2) < 1e-12);
    BOOST_TEST(std::abs(found.rows[1].accuracy_gain - 1. / 8) < 1e-12);
    BOOST_TEST(found.rows[0].accuracy_p == 1);
    BOOST_TEST(found.rows[1].accuracy_p == 1);                     // one person differs: both signs are as far
    BOOST_TEST((found.hardest == std::vector<std::size_t>{1, 0})); // balanced accuracy 3/4 and 7/8, the mean of both runs
    BOOST_TEST(std::abs(found.rows[0].effective - 1.5) < 1e-12);
}

BOOST_AUTO_TEST_CASE(spread_is_over_seeds) {
    auto const found = compare({run("uniform", 1, {"+-", "++", "+-", "-+"}), run("uniform", 2, {"+-", "-+", "+-", "-+"})});
    double const low = (3. / 4 + 2. / 3) / 2, high = (1 + 2. / 3) / 2;
    BOOST_TEST(std::abs(found.rows[0].accuracy.mean - (low + high) / 2) < 1e-12);
    BOOST_TEST(std::abs(found.rows[0].accuracy.deviation - (high - low) / std::sqrt(2.0)) < 1e-12);
}

BOOST_AUTO_TEST_CASE(runs_that_do_not_match_are_refused) {
    auto other = run("other", 1, {"+-", "++", "+-", "-+"});
    other.groups[3] = 1;
    BOOST_CHECK_THROW(compare({run("uniform", 1, {"+-", "++", "+-", "-+"}), other}), mcfa::option_error);
    BOOST_CHECK_THROW(compare({run("uniform", 1, {"+-", "++", "+-", "-+"}), run("other", 2, {"+-", "++", "+-", "-+"})}),
                      mcfa::option_error);
}

BOOST_AUTO_TEST_CASE(the_page_holds_every_rule_and_escapes_what_it_is_told) {
    std::vector<run_answers> const runs{run("uniform", 1, {"+-", "++", "+-", "-+"}), run("other", 1, {"+-", "-+", "+-", "-+"})};
    auto const html = ablation_page({"Command: <ablation>"}, runs, compare(runs), {"Bald", "Wearing_Hat"});
    for (auto const* part : {"Stages SM", "uniform", "other", "Wearing Hat, Bald", "&lt;ablation&gt;", "<svg"})
        BOOST_TEST(html.find(part) != html.npos, part);
    BOOST_TEST(html.find("<ablation>") == html.npos);
    BOOST_TEST(html.find("http://") == html.find("http://www.w3.org")); // no file but itself
}

BOOST_AUTO_TEST_SUITE_END()
