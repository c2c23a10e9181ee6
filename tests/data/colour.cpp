// SPDX-License-Identifier: MIT
#include <mcfa/data/colour.hpp>

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace mcfa;
using namespace mcfa::data;

BOOST_AUTO_TEST_SUITE(colour)

BOOST_AUTO_TEST_CASE(no_range_changes_nothing) {
    sampling options;
    options.brightness = options.contrast = options.saturation = 0;
    std::vector<float> const window{0, 0, 0, 255, 128, 3, 17, 200, 90};
    auto changed = window;
    random_stream random{3};
    jitter_colour(random, options, changed);
    for (std::size_t i = 0; i < window.size(); ++i) BOOST_TEST(std::abs(changed[i] - window[i]) < 1e-3f);
}

BOOST_AUTO_TEST_CASE(values_stay_in_range_and_black_stays_black) {
    sampling options;
    options.brightness = options.contrast = options.saturation = 0.9f;
    bool differs = false;
    for (std::uint64_t key = 0; key < 50; ++key) {
        std::vector<float> window{0, 0, 0, 255, 0, 0, 0, 255, 255, 120, 130, 140};
        random_stream random{key};
        jitter_colour(random, options, window);
        for (float v : window) BOOST_TEST((v >= 0 && v <= 255));
        for (int k = 0; k < 3; ++k) BOOST_TEST(window[static_cast<std::size_t>(k)] == 0);
        differs = differs || std::abs(window[9] - 120) > 20;
    }
    BOOST_TEST(differs);
}

BOOST_AUTO_TEST_CASE(dark_pixels_are_counted) {
    std::vector<float> const window{0, 0, 0, 9, 9, 9, 0, 0, 11, 200, 200, 200};
    BOOST_TEST(dark_share(window) == 0.5f);
}

BOOST_AUTO_TEST_SUITE_END()
