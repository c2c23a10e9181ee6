// SPDX-License-Identifier: MIT
#include "bright_faces.hpp"
#include "photos.hpp"

#include <mcfa/backend/eigen.hpp>
#include <mcfa/core/error.hpp>
#include <mcfa/detect/detector.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

using namespace mcfa;

BOOST_AUTO_TEST_SUITE(time_of_a_photo)

namespace {

/// A clock that goes on by a millisecond at each look.
int looks = 0;
std::chrono::steady_clock::time_point ticking() { return std::chrono::steady_clock::time_point(std::chrono::milliseconds(++looks)); }

template <class Face>
bool contains(std::vector<Face> const& faces, Face const& one) {
    return std::ranges::any_of(faces, [&](Face const& f) { return f.box == one.box && f.predicted.logits == one.predicted.logits; });
}

auto const crowd = squares(300, 400, {{20, 20, 20, 20}, {70, 20, 20, 20}, {120, 20, 20, 20}, {150, 100, 120, 120}});

} // namespace

BOOST_AUTO_TEST_CASE(a_photo_without_a_bound_does_not_look_at_the_clock) {
    auto const m = bright_model<bright_net>(backend::eigen{1});
    looks = 0;
    detection_limits_met met;
    BOOST_TEST((detector{m, {.thresholds = {0.5}, .smallest_face = 18, .clock = ticking}}(crowd, &met).size() == 4u));
    BOOST_TEST(looks == 0);
    BOOST_TEST(!met.out_of_time);
}

BOOST_AUTO_TEST_CASE(a_tiny_budget_is_met_without_a_face) {
    auto const m = bright_model<bright_net>(backend::eigen{1});
    detection_limits_met met;
    BOOST_TEST((detector{m, {.thresholds = {0.5}, .smallest_face = 18, .budget = 1e-9}}(crowd, &met).empty()));
    BOOST_TEST(met.out_of_time);
    BOOST_TEST((detector{m, {.thresholds = {0.5}, .smallest_face = 18, .budget = 1e9}}(crowd, &met).size() == 4u));
    BOOST_TEST(!met.out_of_time);
}

/// Whatever the budget, what is found is what is found without one; of a middling one these are the large faces.
BOOST_AUTO_TEST_CASE(small_faces_are_missed_first) {
    auto const m = bright_model<bright_net>(backend::eigen{1});
    for (bool const mirror : {false, true}) {
        detector_options options{.thresholds = {0.5}, .smallest_face = 18, .mirror = mirror, .batch = 2};
        auto const all = detector{m, options}(crowd);
        BOOST_REQUIRE(all.size() == 4u);
        options.clock = ticking;
        std::size_t before = 0;
        bool large_alone = false;
        for (double const budget : {1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0}) {
            options.budget = budget;
            detection_limits_met met;
            auto const found = detector{m, options}(crowd, &met);
            for (auto const& face : found) BOOST_TEST((mirror || contains(all, face)));
            BOOST_TEST(found.size() >= before);
            BOOST_TEST((met.out_of_time || found.size() == all.size()));
            before = found.size();
            large_alone = large_alone || (found.size() == 1 && found[0].box.width > 100 && met.out_of_time);
        }
        BOOST_TEST(before == all.size());
        BOOST_TEST(large_alone);
    }
}

BOOST_AUTO_TEST_CASE(every_turn_has_its_share) {
    auto const m = bright_model<bright_net>(backend::eigen{1});
    detector_options options{.thresholds = {0.5}, .smallest_face = 18, .turned = true, .budget = 1e4, .clock = ticking};
    detection_limits_met met;
    auto const found = detector{m, options}(crowd, &met);
    BOOST_TEST(!met.out_of_time);
    options.budget = std::numeric_limits<double>::infinity();
    BOOST_TEST((found.size() == detector{m, options}(crowd).size()));
}

/// Of windows at hand the first ones are judged, as without a bound.
BOOST_AUTO_TEST_CASE(windows_beyond_the_time_are_nothing) {
    auto const m = bright_model<bright_net>(backend::eigen{1});
    std::vector<image::placement> const windows(7, {{210, 160}, 190, 0, false});
    for (bool const mirror : {false, true}) {
        detector_options options{.thresholds = {0.5}, .smallest_face = 18, .batch = 2};
        auto const all = detector{m, options}.at(crowd, windows, 1, mirror);
        BOOST_REQUIRE(all[6]);
        options.clock = ticking;
        std::size_t before = 0;
        for (double const budget : {1e-9, 1.0, 2.0, 3.0, 100.0}) {
            options.budget = budget;
            detection_limits_met met;
            auto const found = detector{m, options}.at(crowd, windows, 1, mirror, &met);
            BOOST_REQUIRE(found.size() == windows.size());
            auto const judged = static_cast<std::size_t>(std::ranges::count_if(found, [](auto const& f) { return f.has_value(); }));
            for (std::size_t i = 0; i < judged; ++i) BOOST_TEST((found[i] && found[i]->box == all[i]->box));
            BOOST_TEST(met.out_of_time == (judged < windows.size()));
            BOOST_TEST(judged >= before);
            BOOST_TEST((budget >= 1 || judged == 0));
            before = judged;
        }
        BOOST_TEST(before == windows.size());
    }
}

BOOST_AUTO_TEST_CASE(a_budget_is_above_0) {
    auto const m = bright_model<bright_net>(backend::eigen{1});
    for (double const wrong : {0.0, -1.0, std::numeric_limits<double>::quiet_NaN()})
        BOOST_CHECK_EXCEPTION((detector{m, {.budget = wrong}}), option_error,
                              [](option_error const& e) { return std::string(e.what()).find("budget is") != std::string::npos; });
}

BOOST_AUTO_TEST_SUITE_END()
