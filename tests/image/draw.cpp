// SPDX-License-Identifier: MIT
#include "files.hpp"

#include <mcfa/image/draw.hpp>
#include <mcfa/image/draw/text.hpp>

#include <limits>
#include <numbers>
#include <random>
#include <set>

using namespace mcfa;

namespace {

double total(image::pixels const& photo) {
    double sum = 0;
    for (auto v : photo) sum += v;
    return sum / 3 / 255;
}

constexpr image::colour white{255, 255, 255};

} // namespace

BOOST_AUTO_TEST_SUITE(draw)

BOOST_AUTO_TEST_CASE(areas_are_exact) {
    auto photo = image::blank(60, 60, 0, 0, 0);
    image::fill_rectangle(photo, {10.25f, 5.5f, 20.5f, 10.0f}, white);
    BOOST_TEST(std::abs(total(photo) - 205) < 1);
    BOOST_TEST(int{photo(8, 10, 0)} == 191); // three quarters
    BOOST_TEST(int{photo(5, 20, 0)} == 128); // a half
    photo = image::blank(60, 60, 0, 0, 0);
    image::fill_disc(photo, {30.3f, 29.1f}, 20, white);
    BOOST_TEST(std::abs(total(photo) - 400 * std::numbers::pi) < 12);
    photo = image::blank(60, 60, 0, 0, 0);
    image::draw_line(photo, {5, 7}, {50, 33}, white, 3);
    BOOST_TEST(std::abs(total(photo) - 3 * std::hypot(45, 26)) < 2);
    photo = image::blank(60, 60, 0, 0, 0);
    std::vector<point> const reversed{{10, 10}, {10, 30}, {40, 10}}; // winding does not matter
    image::fill_polygon(photo, reversed, white);
    BOOST_TEST(std::abs(total(photo) - 300) < 2);
}

BOOST_AUTO_TEST_CASE(hostile_coordinates_stay_inside_the_photo) {
    constexpr float infinite = std::numeric_limits<float>::infinity(), none = std::numeric_limits<float>::quiet_NaN();
    constexpr float huge = std::numeric_limits<float>::max(), tiny = std::numeric_limits<float>::denorm_min();
    std::vector<float> const values{none, infinite, -infinite, huge, -huge, 1e30f, -3e9f, tiny, -tiny, 0, 7.5f, std::nextafter(7.5f, 8.0f),
                                    40};
    std::mt19937 random(3);
    auto const any = [&] { return values[random() % values.size()]; };
    auto photo = image::blank(16, 24, 0, 0, 0);
    for (int i = 0; i < 4000; ++i) {
        std::vector<point> const polygon{{any(), any()}, {any(), any()}, {any(), any()}};
        image::fill_polygon(photo, polygon, white, any());
        image::draw_line(photo, {any(), any()}, {any(), any()}, white, any());
        image::fill_ellipse(photo, {any(), any()}, any(), any(), {any(), any(), any()});
        image::draw_rectangle(photo, {any(), any(), any(), any()}, white, any());
        image::draw_text(photo, {any(), any()}, "A?", {.scale = any()});
    }
}

BOOST_AUTO_TEST_CASE(a_polygon_far_larger_than_the_photo_covers_it) {
    for (float const far : {1e6f, 1e20f, 3e38f}) {
        auto photo = image::blank(16, 24, 0, 0, 0);
        std::vector<point> const polygon{{-far, -far}, {far, -far}, {far, far}, {-far, far}};
        image::fill_polygon(photo, polygon, white);
        BOOST_TEST(total(photo) == 16 * 24);
        photo = image::blank(16, 24, 0, 0, 0);
        std::vector<point> const half{{-far, 8}, {far, 8}, {far, far}, {-far, far}}; // a level edge across the whole photo
        image::fill_polygon(photo, half, white);
        BOOST_TEST(total(photo) == 8 * 24);
    }
    auto photo = image::blank(16, 24, 0, 0, 0); // a nearly level edge: its slope exceeds the range of float
    std::vector<point> const level{{-1e30f, 0}, {1e30f, 1e-20f}, {1e30f, 16}, {-1e30f, 16}};
    image::fill_polygon(photo, level, white);
    BOOST_TEST(total(photo) == 16 * 24);
}

BOOST_AUTO_TEST_CASE(an_array_of_other_channels_is_not_drawn_on) {
    for (std::size_t channels : {1u, 2u, 4u}) {
        image::pixels photo(image::pixels::shape_type{8, 8, channels});
        BOOST_CHECK_THROW(image::fill_disc(photo, {4, 4}, 3, white), shape_error);
        BOOST_CHECK_THROW(image::draw_text(photo, {0, 0}, "A"), shape_error);
    }
}

BOOST_AUTO_TEST_CASE(opacity_mixes) {
    auto photo = image::blank(4, 4, 100, 0, 200);
    image::fill_rectangle(photo, {0, 0, 4, 4}, {200, 100, 0}, 0.5f);
    BOOST_TEST(int{photo(2, 2, 0)} == 150);
    BOOST_TEST(int{photo(2, 2, 1)} == 50);
    BOOST_TEST(int{photo(2, 2, 2)} == 100);
}

BOOST_AUTO_TEST_CASE(an_outline_is_hollow) {
    auto photo = image::blank(40, 40, 0, 0, 0);
    image::draw_rectangle(photo, {10, 10, 20, 12}, white, 2);
    BOOST_TEST(std::abs(total(photo) - 2 * 2 * (20 + 12)) < 1);
    BOOST_TEST(int{photo(16, 20, 0)} == 0);
    BOOST_TEST(int{photo(10, 20, 0)} == 255);
    BOOST_TEST(int{photo(9, 9, 0)} == 255);
}

BOOST_AUTO_TEST_CASE(what_lies_outside_is_left_out) {
    auto photo = image::blank(20, 20, 0, 0, 0);
    image::fill_disc(photo, {0, 10}, 6, white);
    BOOST_TEST(std::abs(total(photo) - 18 * std::numbers::pi) < 2); // half of it
    BOOST_TEST(int{photo(10, 0, 0)} == 255);
    image::fill_disc(photo, {-100, -100}, 6, white);
    image::draw_line(photo, {-1e7f, 3}, {1e7f, 3}, white, 1);
    image::draw_text(photo, {-50, 18}, "beyond");
    image::draw_rectangle(photo, {-5, -5, 200, 200}, white);
    photo = image::blank(20, 20, 0, 0, 0);
    std::vector<point> const around{{-90, -80}, {150, -80}, {150, 100}, {-90, 100}};
    image::fill_polygon(photo, around, white);
    BOOST_TEST(total(photo) == 400);
}

BOOST_AUTO_TEST_CASE(text_is_legible_on_light_and_dark) {
    for (int level : {0, 128, 255})
        for (image::colour ink : {white, image::colour{0, 0, 0}}) {
            auto photo =
                image::blank(40, 120, static_cast<std::uint8_t>(level), static_cast<std::uint8_t>(level), static_cast<std::uint8_t>(level));
            auto const plate = image::draw_text(photo, {4, 4}, "HI", {3, ink});
            BOOST_TEST((plate == box{4, 4, 39, 33}));
            int const stem = photo(20, 8, 0), beside = photo(20, 5, 0); // the left stem of the H starts at 4 + 3
            BOOST_TEST(std::abs(stem - ink.red) <= 1);
            BOOST_TEST(std::abs(stem - beside) > 120);
        }
}

BOOST_AUTO_TEST_CASE(every_letter_has_its_own_form) {
    std::set<image::glyph> const forms(image::font.begin(), image::font.end());
    BOOST_TEST(forms.size() == image::font.size());
    BOOST_TEST((image::glyph_of('\n') == image::glyph_of('?')));
    BOOST_TEST((image::glyph_of(static_cast<char>(200)) == image::glyph_of('?')));
}

BOOST_AUTO_TEST_SUITE_END()
