// SPDX-License-Identifier: MIT
#include "files.hpp"

#include <mcfa/image/resample.hpp>

#include <limits>
#include <numbers>

using namespace mcfa;

namespace {

std::vector<float> cut(image::pixels const& photo, image::placement const& window, int side) {
    std::vector<float> out(static_cast<std::size_t>(side * side * 3), std::numeric_limits<float>::quiet_NaN());
    image::cut(photo, window, side, out);
    return out;
}

float at(std::vector<float> const& window, int side, int y, int x, int c) {
    return window[static_cast<std::size_t>((y * side + x) * 3 + c)];
}

image::pixels noise(int height, int width) {
    std::mt19937 random(17);
    auto photo = image::blank(height, width);
    for (auto& v : photo) v = static_cast<std::uint8_t>(random());
    return photo;
}

/// A photo whose red is x and green is y exactly (pixel centres at +0.5), so that a window shows where it looks.
image::pixels coordinates(int side) {
    auto photo = image::blank(side, side);
    for (int y = 0; y < side; ++y)
        for (int x = 0; x < side; ++x) {
            photo(y, x, 0) = static_cast<std::uint8_t>(x);
            photo(y, x, 1) = static_cast<std::uint8_t>(y);
            photo(y, x, 2) = 0;
        }
    return photo;
}

} // namespace

BOOST_AUTO_TEST_SUITE(cut_window)

BOOST_AUTO_TEST_CASE(a_window_at_whole_pixels_is_a_copy) {
    auto const photo = noise(40, 50);
    for (bool mirrored : {false, true}) {
        auto const out = cut(photo, {{25, 18}, 16, 0, mirrored}, 16); // columns 17..32, rows 10..25
        for (int y = 0; y < 16; ++y)
            for (int x = 0; x < 16; ++x)
                for (int c = 0; c < 3; ++c)
                    BOOST_TEST(std::abs(at(out, 16, y, mirrored ? 15 - x : x, c) - photo(10 + y, 17 + x, c)) < 0.01f);
    }
}

BOOST_AUTO_TEST_CASE(a_quarter_turn_is_exact) {
    auto const photo = noise(40, 50);
    auto const out = cut(photo, {{25, 18}, 16, std::numbers::pi_v<float> / 2, false}, 16);
    for (int y = 0; y < 16; ++y) // the window's right is the photo's down, its down the photo's left
        for (int x = 0; x < 16; ++x) BOOST_TEST(std::abs(at(out, 16, y, x, 1) - photo(10 + x, 17 + 15 - y, 1)) < 0.02f);
}

BOOST_AUTO_TEST_CASE(a_whole_step_is_the_area_average) {
    auto const photo = noise(70, 70);
    std::vector<float> crop(60 * 60 * 3), expected(12 * 12 * 3);
    for (int y = 0; y < 60; ++y)
        for (int x = 0; x < 60; ++x)
            for (int c = 0; c < 3; ++c) crop[static_cast<std::size_t>((y * 60 + x) * 3 + c)] = photo(y + 3, x + 5, c);
    std::vector<float> scratch;
    image::shrink_area(crop, 60, 12, expected, scratch);
    auto const out = cut(photo, {{35, 33}, 60, 0, false}, 12);
    for (std::size_t i = 0; i < out.size(); ++i) BOOST_TEST(std::abs(out[i] - expected[i]) < 0.01f);
}

BOOST_AUTO_TEST_CASE(pixels_lie_where_the_transform_says) {
    auto const photo = coordinates(256);
    for (bool mirrored : {false, true})
        for (float angle : {0.0f, 0.3f, -1.2f, 3.0f})
            for (float side : {20.0f, 48.0f, 61.3f, 100.0f, 150.0f}) {
                image::placement const window{{127.3f, 125.8f}, side, angle, mirrored};
                auto const out = cut(photo, window, 32);
                for (int y = 0; y < 32; ++y)
                    for (int x = 0; x < 32; ++x) {
                        auto const p = image::to_photo(window, {(x + 0.5f) / 32, (y + 0.5f) / 32});
                        BOOST_TEST(std::abs(at(out, 32, y, x, 0) + 0.5f - p.x) < 0.02f);
                        BOOST_TEST(std::abs(at(out, 32, y, x, 1) + 0.5f - p.y) < 0.02f);
                    }
            }
}

BOOST_AUTO_TEST_CASE(outside_the_photo_is_black) {
    auto const photo = image::blank(20, 30, 200, 100, 50);
    auto const out = cut(photo, {{0, 0}, 16, 0, false}, 16); // only its lower right quarter lies on the photo
    BOOST_TEST(at(out, 16, 15, 15, 0) == 200);
    BOOST_TEST(at(out, 16, 8, 8, 2) == 50);
    BOOST_TEST(at(out, 16, 7, 12, 0) == 0);
    BOOST_TEST(at(out, 16, 12, 7, 0) == 0);
    for (point far : {point{-500, 5}, {5, 90000}, {1e30f, 1e30f}})
        for (float v : cut(photo, {far, 16, 0.2f, false}, 8)) BOOST_TEST(v == 0);
    float most = 0;
    for (float v : cut(photo, {{15, 10}, 100000, 0.2f, true}, 8)) most = std::max(most, v); // the photo is a speck in the window
    BOOST_TEST(most < 1);
}

BOOST_AUTO_TEST_CASE(shrinking_does_not_skip_pixels) {
    // A photo of fine stripes: whatever the step, phase and angle, a smaller window shows nearly their mean.
    auto photo = image::blank(300, 300);
    for (int y = 0; y < 300; ++y)
        for (int x = 0; x < 300; ++x)
            for (int c = 0; c < 3; ++c) photo(y, x, c) = x % 2 ? 255 : 0;
    for (float angle : {0.0f, 0.5f})
        for (float side : {50.0f, 60.0f, 64.0f, 79.0f, 96.0f, 150.0f})
            for (float v : cut(photo, {{150.25f, 150}, side, angle, false}, 32)) BOOST_TEST(std::abs(v - 127.5f) < 64.0f);
}

BOOST_AUTO_TEST_CASE(senseless_windows_are_refused) {
    auto const photo = ramp(10, 10);
    std::vector<float> out(12);
    BOOST_CHECK_THROW(image::cut(photo, {{5, 5}, 0, 0, false}, 2, out), option_error);
    BOOST_CHECK_THROW(image::cut(photo, {{5, 5}, 4, 0, false}, 0, out), option_error);
    BOOST_CHECK_THROW(image::cut(photo, {{5, std::numeric_limits<float>::quiet_NaN()}, 4, 0, false}, 2, out), option_error);
    BOOST_CHECK_THROW(image::cut(photo, {{5, 5}, 4, 0, false}, 3, out), shape_error);
    constexpr float infinite = std::numeric_limits<float>::infinity(), none = std::numeric_limits<float>::quiet_NaN();
    for (float side : {1e10f, 3e38f, infinite, none, -1.0f})
        BOOST_CHECK_THROW(image::cut(photo, {{5, 5}, side, 0, false}, 2, out), option_error);
    for (float angle : {infinite, none}) BOOST_CHECK_THROW(image::cut(photo, {{5, 5}, 4, angle, false}, 2, out), option_error);
    for (std::size_t channels : {1u, 2u, 4u}) {
        image::pixels const other(image::pixels::shape_type{10, 10, channels});
        BOOST_CHECK_THROW(image::cut(other, {{5, 5}, 4, 0, false}, 2, out), shape_error);
    }
}

BOOST_AUTO_TEST_CASE(the_largest_window_is_cut) {
    auto const photo = ramp(10, 10);
    for (int side : {1, 2, 64}) {
        std::vector<float> out(static_cast<std::size_t>(side * side * 3), -1.0f);
        for (float angle : {0.0f, 0.7f, 1e30f})
            for (point const centre : {point{5, 5}, {-4e5f, 4e5f}, {5e5f, 0}})
                for (float const length : {image::largest_window, 1e-30f, 1e-45f}) {
                    image::cut(photo, {centre, length, angle, true}, side, out);
                    for (float const v : out) BOOST_REQUIRE((v >= 0 && v <= 255));
                }
    }
}

BOOST_AUTO_TEST_SUITE_END()
