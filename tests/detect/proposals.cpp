// SPDX-License-Identifier: MIT
#include <mcfa/core/random.hpp>
#include <mcfa/detect/calibration.hpp>
#include <mcfa/detect/propose/proposals.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <limits>

using namespace mcfa;

BOOST_AUTO_TEST_SUITE(proposing)

BOOST_AUTO_TEST_CASE(the_most_probable_are_kept) {
    detect::proposals<float> found;
    found.begin(5);
    random_stream random{4};
    for (int level = 0; level < 3; ++level) {
        for (int i = 0; i < 1000; ++i) // far apart
            found.add(static_cast<float>(random.unit()) * 0.9f,
                      {{static_cast<float>(i) * 100, static_cast<float>(level) * 1000}, 50, 0, false}, {});
        found.add(std::array{0.95f, 0.96f, 0.97f}[static_cast<std::size_t>(level)],
                  {{-100, static_cast<float>(level) * 1000}, 50, 0, false}, {});
        found.end_level();
    }
    auto const best = found.finish();
    BOOST_REQUIRE(best.size() == 5u);
    BOOST_TEST(best[0].score == 0.97f);
    BOOST_TEST(best[1].score == 0.96f);
    BOOST_TEST(best[2].score == 0.95f);
    BOOST_TEST(best[3].score >= best[4].score);
    BOOST_TEST(best[4].score > 0.89f);
}

BOOST_AUTO_TEST_CASE(levels_suppress_within_and_across) {
    detect::proposals<float> found(2);
    for (int pyramid = 0; pyramid < 2; ++pyramid) { // the second in the memory of the first
        found.begin(10);
        found.add(0.5f, {{50, 50}, 40, 0, false}, std::vector<float>{1, 2});
        found.add(0.6f, {{55, 50}, 40, 0, false}, std::vector<float>{3, 4}); // intersection over union 35/45 with the first
        found.end_level();
        found.add(0.9f, {{55, 50}, 42, 0, false}, std::vector<float>{7, 8}); // all but the same as the second
        found.add(0.8f, {{55, 50}, 80, 0, false}, std::vector<float>{5, 6});
        found.end_level();
        auto const& best = found.finish();
        BOOST_REQUIRE(best.size() == 2u);
        BOOST_TEST(best[0].window.side == 42.0f);
        BOOST_TEST(best[1].window.side == 80.0f);
        BOOST_TEST(best[0].feature == (std::vector<float>{7, 8}), boost::test_tools::per_element());
        BOOST_TEST(best[1].feature == (std::vector<float>{5, 6}), boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(a_calibrated_window_has_the_face_in_its_middle) {
    image::placement const window{{100, 100}, 64, 0, false};
    auto const moved = detect::calibrated(window, {85, 90, 30, 50}, 1.6f);
    BOOST_TEST(moved.centre.x == 100.0f);
    BOOST_TEST(moved.centre.y == 115.0f);
    BOOST_TEST(moved.side == 80.0f);
}

BOOST_AUTO_TEST_CASE(absurd_boxes_move_a_window_only_so_far) {
    image::placement const window{{100, 100}, 64, 0, false};
    auto const far = detect::calibrated(window, {-1e6f, 1e6f, 1e-3f, 1e-3f}, 1.6f);
    BOOST_TEST(far.centre.x == 68.0f);
    BOOST_TEST(far.centre.y == 132.0f);
    BOOST_TEST(far.side == 32.0f);
    BOOST_TEST(detect::calibrated(window, {0, 0, -5, -5}, 1.6f).side == 32.0f);
    auto const nowhere = detect::calibrated(window, {std::numeric_limits<float>::quiet_NaN(), 0, 5, 5}, 1.6f);
    BOOST_TEST(nowhere.centre.x == 100.0f);
    BOOST_TEST(nowhere.side == 64.0f);
}

BOOST_AUTO_TEST_SUITE_END()
