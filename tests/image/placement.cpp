// SPDX-License-Identifier: MIT
#include <mcfa/image/placement.hpp>

#include <boost/test/unit_test.hpp>

#include <numbers>

using namespace mcfa;

namespace {

void close(point a, point b) {
    BOOST_TEST(std::abs(a.x - b.x) < 1e-3f);
    BOOST_TEST(std::abs(a.y - b.y) < 1e-3f);
}

} // namespace

BOOST_AUTO_TEST_SUITE(placement)

BOOST_AUTO_TEST_CASE(known_points) {
    image::placement window{{50, 40}, 20, 0, false};
    close(image::to_photo(window, {0, 0}), {40, 30});
    close(image::to_photo(window, {1, 0.5f}), {60, 40});
    window.mirrored = true;
    close(image::to_photo(window, {0, 0}), {60, 30});
    window = {{50, 40}, 20, std::numbers::pi_v<float> / 2, false};
    close(image::to_photo(window, {1, 0.5f}), {50, 50}); // the window's right is the photo's down
    close(image::to_photo(window, {0.5f, 1}), {40, 40}); // the window's down is the photo's left
}

BOOST_AUTO_TEST_CASE(there_and_back) {
    for (bool mirrored : {false, true})
        for (float angle : {0.0f, 0.4f, -2.5f}) {
            image::placement const window{{-7, 140}, 63, angle, mirrored};
            for (point p : {point{0, 0}, {1, 0}, {0.3f, 0.8f}, {-0.5f, 1.7f}})
                close(image::to_window(window, image::to_photo(window, p)), p);
        }
}

BOOST_AUTO_TEST_SUITE_END()
