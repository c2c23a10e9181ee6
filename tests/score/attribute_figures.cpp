// SPDX-License-Identifier: MIT
// Figures of attributes against scikit-learn's, recorded by tests/golden/attribute_figures.py, and by hand.
#include <mcfa/core/read_file.hpp>
#include <mcfa/score/attribute_figures.hpp>
#include <mcfa/score/calibration.hpp>
#include <mcfa/score/precision_recall.hpp>
#include <mcfa/score/threshold.hpp>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

using namespace mcfa;
using figure_of = score::attribute_figure;

BOOST_AUTO_TEST_SUITE(attribute_figures_test)

nlohmann::json const& golden() {
    static auto const all = nlohmann::json::parse(read_file(MCFA_GOLDEN_DIR "/attribute_figures.json"));
    return all;
}

score::attribute_samples recorded() {
    score::attribute_samples samples({"A", "B", "C", "Unlabelled", "Never"});
    auto const groups = golden()["groups"].get<std::vector<std::size_t>>();
    for (std::size_t n = 0; n < groups.size(); ++n)
        samples.add(golden()["probabilities"][n].get<std::vector<float>>(), golden()["labels"][n].get<std::vector<std::int8_t>>(),
                    groups[n]);
    return samples;
}

void expect_recorded(std::vector<score::attribute_row> const& rows, char const* which) {
    for (std::size_t k = 0; k < 5; ++k)
        for (std::size_t f = 0; f < figure_of::impossible; ++f) {
            std::string const name(score::attribute_figure_names[f]);
            auto const& expected = golden()[which][k];
            if (expected.contains(name)) BOOST_TEST(std::abs(rows[k][f] - expected[name].get<double>()) < 1e-12, which << k << name);
            else BOOST_TEST(std::isnan(rows[k][f]), which << k << name);
        }
}

BOOST_AUTO_TEST_CASE(figures_are_those_of_scikit_learn) {
    score::attribute_scorer const scorer(recorded(), golden()["thresholds"]);
    expect_recorded(scorer(), "figures");
}

BOOST_AUTO_TEST_CASE(faces_count_as_often_as_their_group_was_drawn) {
    score::attribute_scorer const scorer(recorded(), golden()["thresholds"]);
    expect_recorded(scorer(golden()["group_weights"].get<std::vector<double>>()), "weighted_figures");
}

BOOST_AUTO_TEST_CASE(the_mean_is_over_attributes_that_have_the_figure) {
    auto const rows = score::attribute_scorer(recorded())();
    double const three = rows[0][figure_of::f1] + rows[1][figure_of::f1] + rows[2][figure_of::f1];
    BOOST_TEST(std::abs(rows[5][figure_of::f1] - three / 3) < 1e-12);
    double const four =
        rows[0][figure_of::accuracy] + rows[1][figure_of::accuracy] + rows[2][figure_of::accuracy] + rows[4][figure_of::accuracy];
    BOOST_TEST(std::abs(rows[5][figure_of::accuracy] - four / 4) < 1e-12);
}

BOOST_AUTO_TEST_CASE(without_thresholds_there_are_no_figures_at_them) {
    auto const rows = score::attribute_scorer(recorded())();
    for (auto const& row : rows) BOOST_TEST(std::isnan(row[figure_of::f1_at_threshold]));
    BOOST_TEST(std::isnan(rows.back()[figure_of::impossible])); // no pair of the list is among the names
    BOOST_CHECK_THROW(score::attribute_scorer(recorded(), {0.5}), option_error);
}

BOOST_AUTO_TEST_CASE(no_sample_supports_no_figure) {
    for (auto const& row : score::attribute_scorer(score::attribute_samples({"Bald", "Bangs"}), {0.5, 0.5})())
        for (double const value : row) BOOST_TEST(std::isnan(value));
}

BOOST_AUTO_TEST_CASE(the_curve_of_precision_over_recall_is_that_of_scikit_learn) {
    auto const curve = score::precision_recall_curve(score::ranked_column(recorded(), 0));
    auto const& expected = golden()["curve"];
    BOOST_TEST_REQUIRE(curve.size() >= expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        BOOST_TEST(std::abs(curve[i].threshold - expected[i][0].get<double>()) < 1e-12);
        BOOST_TEST(std::abs(curve[i].precision - expected[i][1].get<double>()) < 1e-12);
        BOOST_TEST(std::abs(curve[i].recall - expected[i][2].get<double>()) < 1e-12);
    }
    BOOST_TEST(score::precision_recall_curve(score::ranked_column(recorded(), 4)).empty());
}

BOOST_AUTO_TEST_CASE(the_best_threshold_is_that_of_an_exhaustive_search) {
    auto const samples = recorded();
    auto const by_f1 = score::best_thresholds(samples, score::threshold_rule::f1);
    auto const balanced = score::best_thresholds(samples, score::threshold_rule::balanced_accuracy);
    for (std::size_t k = 0; k < 3; ++k) {
        BOOST_TEST(by_f1[k] == golden()["best_f1"][k].get<double>());
        BOOST_TEST(balanced[k] == golden()["best_balanced_accuracy"][k].get<double>());
    }
    BOOST_TEST(by_f1[3] == 0.5); // no label
    BOOST_TEST(by_f1[4] == 0.5); // no positive one
}

score::attribute_samples of_one(std::vector<std::pair<float, int>> const& faces) {
    score::attribute_samples samples({"A"});
    for (auto const& [p, label] : faces) samples.add(std::vector{p}, std::vector{static_cast<std::int8_t>(label)}, samples.size());
    return samples;
}

BOOST_AUTO_TEST_CASE(what_has_no_probability_is_not_said_at_any_threshold) {
    auto const samples = of_one({{0.0f, 1}, {0.0f, 1}, {0.25f, -1}, {0.75f, 1}});
    BOOST_TEST(score::best_thresholds(samples, score::threshold_rule::f1)[0] == 0.5); // to say them all would be better
}

BOOST_AUTO_TEST_CASE(of_equally_good_thresholds_the_one_nearest_to_the_half_is_chosen) {
    auto const samples = of_one({{0.9375f, 1}, {0.75f, -1}, {0.375f, 1}, {0.125f, -1}}); // one of each is right above and below
    BOOST_TEST(score::best_thresholds(samples, score::threshold_rule::balanced_accuracy)[0] == 0.25);
}

BOOST_AUTO_TEST_CASE(calibration_compares_probabilities_with_what_happens) {
    auto const samples = of_one({{0.0625f, -1}, {0.03125f, 1}, {0.5f, 1}, {1.0f, 1}, {0.9375f, -1}, {0.9375f, -1}, {0.75f, 0}});
    auto const bins = score::calibration_curve(score::ranked_column(samples, 0));
    BOOST_TEST_REQUIRE(bins.size() == 3u); // empty ones are left out
    BOOST_TEST(bins[0].probability == 0.046875);
    BOOST_TEST(bins[0].positive == 0.5);
    BOOST_TEST(bins[1].probability == 0.5);
    BOOST_TEST(bins[1].positive == 1);
    BOOST_TEST(bins[2].samples == 3u); // a probability of 1 among them
    BOOST_TEST(bins[2].positive == 1.0 / 3);
}

BOOST_AUTO_TEST_CASE(impossible_combinations_are_counted_a_face) {
    score::attribute_samples samples({"Bald", "Smiling", "Bangs", "No_Beard", "Goatee"});
    std::vector<std::int8_t> const nothing(5);
    samples.add(std::vector{0.9f, 0.9f, 0.9f, 0.9f, 0.9f}, nothing, 0); // bald with bangs, a goatee on no beard: one face
    samples.add(std::vector{0.9f, 0.9f, 0.4f, 0.1f, 0.9f}, nothing, 1);
    samples.add(std::vector{0.1f, 0.9f, 0.9f, 0.9f, 0.1f}, nothing, 2);
    samples.add(std::vector{0.1f, 0.1f, 0.1f, 0.1f, 0.1f}, nothing, 3);
    auto const rows = score::attribute_scorer(samples, {0.5, 0.5, 0.3, 0.5, 0.5})();
    BOOST_TEST(rows.back()[figure_of::impossible] == 0.25);
    BOOST_TEST(rows.back()[figure_of::impossible_at_threshold] == 0.5);
    BOOST_TEST(std::isnan(rows[0][figure_of::impossible]));
}

BOOST_AUTO_TEST_CASE(what_is_no_probability_is_refused_by_name) {
    score::attribute_samples samples({"A", "B"});
    BOOST_CHECK_THROW(samples.add(std::vector{0.5f}, std::vector<std::int8_t>{1, 1}, 0), shape_error);
    BOOST_CHECK_EXCEPTION(samples.add(std::vector{0.5f, 1.5f}, std::vector<std::int8_t>{1, 1}, 0), option_error,
                          [](option_error const& e) { return std::string(e.what()).find("B is 1.5") != std::string::npos; });
}

BOOST_AUTO_TEST_SUITE_END()
