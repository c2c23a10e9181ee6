// SPDX-License-Identifier: MIT
#include "photos.hpp"

#include <mcfa/detect/propose/level_image.hpp>
#include <mcfa/image/resample.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <vector>

using namespace mcfa;

BOOST_AUTO_TEST_SUITE(level_image)

namespace {

std::vector<float> level(image::pixels const& photo, double step, int top, int left, int height, int width) {
    std::vector<float> out(static_cast<std::size_t>(height * width) * 3, -1.0f);
    detect::level_image_scratch scratch;
    detect::level_image(photo, step, top, left, height, width, out.data(), scratch);
    return out;
}

} // namespace

BOOST_AUTO_TEST_CASE(step_one_is_the_photo_with_black_around) {
    auto const photo = noise(5, 7);
    auto const out = level(photo, 1, -2, -3, 10, 14);
    for (int y = 0; y < 10; ++y)
        for (int x = 0; x < 14; ++x)
            for (std::size_t k = 0; k < 3; ++k) {
                int const py = y - 2, px = x - 3;
                bool const inside = py >= 0 && py < 5 && px >= 0 && px < 7;
                float const expected = inside ? photo(static_cast<std::size_t>(py), static_cast<std::size_t>(px), k) : 0.0f;
                BOOST_TEST(out[static_cast<std::size_t>(y * 14 + x) * 3 + k] == expected);
            }
}

BOOST_AUTO_TEST_CASE(whole_steps_are_the_windows_that_cut_makes) {
    auto const photo = noise(60, 60);
    for (int const step : {1, 2, 3, 5}) {
        int const side = 60 / step;
        std::vector<float> window(static_cast<std::size_t>(side * side) * 3);
        image::cut(photo, {{30, 30}, 60, 0, false}, side, window);
        auto const out = level(photo, step, 0, 0, side, side);
        for (std::size_t i = 0; i < out.size(); ++i) BOOST_TEST(std::abs(out[i] - window[i]) < 1e-2f);
    }
}

BOOST_AUTO_TEST_CASE(light_is_kept_at_any_step) {
    auto const photo = image::blank(64, 64, 200, 100, 50);
    for (double const step : {0.3, 0.77, 1.0, 1.3, 2.5, 7.9}) {
        auto const out = level(photo, step, 2, 2, 2, static_cast<int>(60 / step) - 1); // well inside
        for (std::size_t i = 0; i < out.size(); i += 3) {
            BOOST_TEST(out[i] == 200.0f, boost::test_tools::tolerance(1e-4f));
            BOOST_TEST(out[i + 2] == 50.0f, boost::test_tools::tolerance(1e-4f));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_pixel_does_not_depend_on_its_piece) {
    auto const photo = noise(90, 120);
    for (double const step : {0.6, 1.143, 3.3}) {
        auto const whole = level(photo, step, -5, -6, 40, 50);
        auto const piece = level(photo, step, 3, 9, 11, 13);
        for (std::size_t y = 0; y < 11; ++y)
            for (std::size_t i = 0; i < 39; ++i) BOOST_TEST(piece[y * 39 + i] == whole[(y + 8) * 150 + 45 + i]);
    }
}

BOOST_AUTO_TEST_CASE(beside_the_photo_all_is_black) {
    for (float const v : level(noise(4, 4), 1.5, 100, -300, 3, 3)) BOOST_TEST(v == 0.0f);
}

BOOST_AUTO_TEST_SUITE_END()
