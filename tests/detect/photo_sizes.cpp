// SPDX-License-Identifier: MIT
#include "photos.hpp"

#include <mcfa/detect/propose/photo_sizes.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <vector>

using namespace mcfa;

BOOST_AUTO_TEST_SUITE(photo_sizes)

BOOST_AUTO_TEST_CASE(half_a_photo_is_the_mean_of_four_pixels) {
    detect::level_image_scratch scratch;
    for (auto [height, width] : {std::pair{6, 8}, {5, 7}, {1, 1}, {1, 6}, {7, 2}}) {
        auto const photo = noise(height, width);
        image::pixels half;
        std::vector<std::uint8_t> upper_row, lower_row;
        detect::half_size(photo, half, upper_row, lower_row);
        BOOST_TEST(image::height(half) == (height + 1) / 2);
        BOOST_TEST(image::width(half) == (width + 1) / 2);
        std::vector<float> expected(half.size());
        detect::level_image(photo, 2, 0, 0, image::height(half), image::width(half), expected.data(), scratch);
        for (std::size_t i = 0; i < half.size(); ++i) BOOST_TEST(std::abs(static_cast<float>(half.data()[i]) - expected[i]) <= 0.501f);
    }
}

/// However coarse the level, its pixels are those averaged from the whole photo, but for rounding and the edges of blocks.
BOOST_AUTO_TEST_CASE(a_piece_is_that_of_the_whole_photo) {
    auto photo = image::blank(333, 411);
    for (std::size_t y = 0; y < 333; ++y)
        for (std::size_t x = 0; x < 411; ++x)
            for (std::size_t c = 0; c < 3; ++c)
                photo(y, x, c) = static_cast<std::uint8_t>(128 + 60 * std::sin(0.02 * static_cast<double>(x + 30 * c)) +
                                                           60 * std::cos(0.03 * static_cast<double>(y)));
    detect::photo_sizes sizes;
    sizes.show(noise(50, 60));
    float other[12];
    sizes.piece(16, 0, 0, 2, 2, other); // half sizes of another photo
    sizes.show(photo);
    detect::level_image_scratch scratch;
    for (double const step : {0.7, 1.0, 3.9, 4.0, 5.7, 8.3, 16.0, 40.0}) {
        int const height = static_cast<int>(333 / step) + 4, width = static_cast<int>(411 / step) + 4;
        std::vector<float> found(static_cast<std::size_t>(height * width) * 3), expected(found.size());
        sizes.piece(step, -2, -2, height, width, found.data());
        detect::level_image(photo, step, -2, -2, height, width, expected.data(), scratch);
        float worst = 0, worst_at_an_edge = 0;
        for (int y = 0; y < height; ++y)
            for (int x = 0; x < width; ++x)
                for (int c = 0; c < 3; ++c) {
                    auto const i = static_cast<std::size_t>((y * width + x) * 3 + c);
                    bool const inside = y > 2 && x > 2 && (y - 1) * step < 332 && (x - 1) * step < 410;
                    float& bound = inside ? worst : worst_at_an_edge;
                    bound = std::max(bound, std::abs(found[i] - expected[i]));
                }
        BOOST_TEST(worst < (step < 4 ? 1e-6f : 4.0f), "step " << step << ": off by " << worst);
        BOOST_TEST(worst_at_an_edge < (step < 4 ? 1e-6f : 20.0f), "step " << step << ": off by " << worst_at_an_edge << " at an edge");
    }
}

BOOST_AUTO_TEST_CASE(a_single_pixel_is_no_trouble) {
    auto const photo = image::blank(1, 1, 200, 100, 0);
    detect::photo_sizes sizes;
    sizes.show(photo);
    float pixel[3];
    sizes.piece(1000, 0, 0, 1, 1, pixel);
    BOOST_TEST(pixel[0] < 1.0f);
}

BOOST_AUTO_TEST_SUITE_END()
