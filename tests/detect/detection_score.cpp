// SPDX-License-Identifier: MIT
#include <mcfa/detect/score/detection_score.hpp>

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace mcfa;

BOOST_AUTO_TEST_SUITE(scoring)

namespace {

auto const close_to = boost::test_tools::tolerance(1e-9);

} // namespace

BOOST_AUTO_TEST_CASE(perfect_and_empty) {
    detect::detection_score score;
    BOOST_TEST(score.average_precision() == 0);
    std::vector<box> const truth{{0, 0, 10, 10}, {50, 50, 20, 20}};
    auto const verdicts = score.add(truth, std::vector<float>{0.5f, 0.9f}, truth);
    BOOST_TEST(verdicts == (std::vector<int>{0, 1}));
    BOOST_TEST(score.average_precision() == 1.0, close_to);
    BOOST_TEST(score.recall_at(0) == 1.0, close_to);
    score.add({}, {}, truth); // both missed
    BOOST_TEST(score.average_precision() == 0.5, close_to);
    BOOST_TEST(score.photos() == 2u);
    BOOST_TEST(score.faces() == 4u);
}

BOOST_AUTO_TEST_CASE(a_face_is_found_once) {
    detect::detection_score score;
    std::vector<box> const found{{0, 0, 10, 10}, {1, 0, 10, 10}};
    auto const verdicts = score.add(found, std::vector<float>{0.8f, 0.9f}, std::vector<box>{{0, 0, 10, 10}});
    BOOST_TEST(verdicts == (std::vector<int>{detect::detection_score::false_alarm, 0})); // the more probable takes it
    BOOST_TEST(score.average_precision() == 1.0, close_to);
}

BOOST_AUTO_TEST_CASE(the_face_that_overlaps_most_is_taken) {
    detect::detection_score score;
    auto const verdicts =
        score.add(std::vector<box>{{2, 0, 10, 10}}, std::vector<float>{1}, std::vector<box>{{0, 0, 10, 10}, {3, 0, 10, 10}});
    BOOST_TEST(verdicts == std::vector<int>{1});
}

BOOST_AUTO_TEST_CASE(too_little_overlap_is_a_false_alarm) {
    detect::detection_score score;
    score.add(std::vector<box>{{4, 0, 10, 10}}, std::vector<float>{1}, std::vector<box>{{0, 0, 10, 10}}); // 6 / 14
    BOOST_TEST(score.average_precision() == 0);
    detect::detection_score lenient(0.4f);
    lenient.add(std::vector<box>{{4, 0, 10, 10}}, std::vector<float>{1}, std::vector<box>{{0, 0, 10, 10}});
    BOOST_TEST(lenient.average_precision() == 1.0, close_to);
}

BOOST_AUTO_TEST_CASE(regions_count_neither_way) {
    std::vector<box> const found{{0, 0, 10, 10}, {100, 0, 10, 10}, {104, 3, 4, 4}, {300, 0, 10, 10}};
    std::vector<float> const scores{0.5f, 0.9f, 0.8f, 0.4f};
    detect::detection_score score;
    auto const verdicts = score.add(found, scores, std::vector<box>{{0, 0, 10, 10}}, std::vector<box>{{101, 0, 10, 10}});
    int const ignored = detect::detection_score::ignored;
    BOOST_TEST(verdicts == (std::vector<int>{0, ignored, ignored, detect::detection_score::false_alarm}));
    BOOST_TEST(score.average_precision() == 1.0, close_to);
}

/// Scores .9 right, .8 wrong, .7 right, .6 wrong of 3 faces: precision 1 at recall 1/3, 2/3 at 2/3.
BOOST_AUTO_TEST_CASE(a_curve_by_hand) {
    detect::detection_score score;
    std::vector<box> const truth{{0, 0, 10, 10}, {20, 0, 10, 10}, {40, 0, 10, 10}};
    std::vector<box> const found{truth[0], {100, 0, 9, 9}, truth[1], {200, 0, 9, 9}};
    score.add(found, std::vector<float>{0.9f, 0.8f, 0.7f, 0.6f}, truth);
    BOOST_TEST(score.average_precision() == 1.0 / 3 + 2.0 / 9, close_to);
    BOOST_TEST(score.recall_at(0) == 1.0 / 3, close_to);
    BOOST_TEST(score.recall_at(1) == 2.0 / 3, close_to);
    BOOST_TEST(score.recall_at(9) == 2.0 / 3, close_to);
    auto const curve = score.curve();
    BOOST_REQUIRE(curve.size() == 4u);
    std::vector<double> const precision{1, 0.5, 2.0 / 3, 0.5}, recall{1.0 / 3, 1.0 / 3, 2.0 / 3, 2.0 / 3};
    for (std::size_t i = 0; i < curve.size(); ++i) {
        BOOST_TEST(curve[i].threshold == 0.9 - 0.1 * static_cast<double>(i), boost::test_tools::tolerance(1e-6));
        BOOST_TEST(curve[i].precision == precision[i], close_to);
        BOOST_TEST(curve[i].recall == recall[i], close_to);
    }
}

BOOST_AUTO_TEST_CASE(equal_scores_cannot_be_parted) {
    detect::detection_score score;
    std::vector<box> const truth{{0, 0, 10, 10}, {20, 0, 10, 10}};
    score.add(std::vector<box>{truth[0], truth[1], {100, 0, 9, 9}}, std::vector<float>{0.9f, 0.5f, 0.5f}, truth);
    BOOST_TEST(score.recall_at(0) == 0.5, close_to);
    BOOST_TEST(score.recall_at(1) == 1.0, close_to);
    BOOST_TEST(score.curve().size() == 2u);
}

BOOST_AUTO_TEST_CASE(without_faces_there_is_no_curve) {
    detect::detection_score score;
    score.add(std::vector<box>{{0, 0, 9, 9}}, std::vector<float>{0.9f}, {});
    BOOST_TEST(score.curve().empty());
}

BOOST_AUTO_TEST_SUITE_END()
