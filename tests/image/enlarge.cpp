// SPDX-License-Identifier: MIT
#include <mcfa/image/enlarge.hpp>

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace mcfa;

BOOST_AUTO_TEST_SUITE(enlarging)

BOOST_AUTO_TEST_CASE(the_same_side_is_the_same_window) {
    std::vector<float> window(4 * 4 * 3), out(window.size());
    for (std::size_t i = 0; i < window.size(); ++i) window[i] = static_cast<float>(i * i % 251);
    image::enlarge(window, 4, 4, out);
    BOOST_TEST(out == window, boost::test_tools::per_element());
}

/// Between the centres of pixels values go straight, beyond the outer ones they stay.
BOOST_AUTO_TEST_CASE(twice_as_large) {
    std::vector<float> const window{0, 0, 0, 8, 80, 0, 0, 0, 0, 8, 80, 4}; // 2 x 2
    std::vector<float> out(4 * 4 * 3);
    image::enlarge(window, 2, 4, out);
    std::vector<float> const expected{0, 2, 6, 8};
    for (std::size_t y = 0; y < 4; ++y)
        for (std::size_t x = 0; x < 4; ++x) {
            BOOST_TEST(out[(y * 4 + x) * 3] == expected[x]);
            BOOST_TEST(out[(y * 4 + x) * 3 + 1] == 10 * expected[x]);
            BOOST_TEST(out[(y * 4 + x) * 3 + 2] == expected[x] * expected[y] / 16);
        }
}

BOOST_AUTO_TEST_CASE(a_single_pixel_fills_the_window) {
    std::vector<float> const pixel{1, 2, 3};
    std::vector<float> out(5 * 5 * 3);
    image::enlarge(pixel, 1, 5, out);
    for (std::size_t i = 0; i < out.size(); ++i) BOOST_TEST(out[i] == pixel[i % 3]);
}

BOOST_AUTO_TEST_SUITE_END()
