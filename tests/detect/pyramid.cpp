// SPDX-License-Identifier: MIT
#include <mcfa/detect/propose/pyramid.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace mcfa;

BOOST_AUTO_TEST_SUITE(pyramid)

BOOST_AUTO_TEST_CASE(every_size_of_face_has_a_level) {
    for (double const factor : {0.5, 0.709, 0.9})
        for (double const largest : {40.0, 41.0, 57.0, 100.0, 480.0, 4000.0}) {
            std::vector<double> sizes{1, 2}; // of another pyramid
            detect::face_sizes(40, largest, factor, sizes);
            BOOST_TEST(sizes.front() == 40.0);
            for (std::size_t i = 1; i < sizes.size(); ++i)
                BOOST_TEST(sizes[i] * factor == sizes[i - 1], boost::test_tools::tolerance(1e-12));
            for (double face = 40; face <= largest; face *= 1.01) {
                double nearest = 100;
                for (double const size : sizes) nearest = std::min(nearest, std::abs(std::log(face / size)));
                BOOST_TEST(nearest <= -std::log(factor) / 2 + 1e-9);
            }
            if (sizes.size() > 1) BOOST_TEST(sizes[sizes.size() - 2] < largest * std::sqrt(factor)); // and none is for nothing
        }
}

BOOST_AUTO_TEST_CASE(a_photo_below_the_smallest_face_has_no_level) {
    std::vector<double> sizes{1};
    detect::face_sizes(40, 39, 0.709, sizes);
    BOOST_TEST(sizes.empty());
}

/// A face anywhere on the photo, its very edge included, lies in some window at least as well as the grid's stride allows.
BOOST_AUTO_TEST_CASE(windows_reach_every_face) {
    int const side = 56, stride = 8;
    for (auto [height, width] : {std::pair{40, 40}, {41, 333}, {480, 640}, {40, 5000}, {1, 1}})
        for (double const face : {40.0, 56.4, 80.0}) {
            auto const on = detect::level_for(face, 1.6, side, stride, height, width);
            BOOST_TEST(on.step == 1.6 * face / side, boost::test_tools::tolerance(1e-12));
            BOOST_TEST((on.rows >= 1 && on.columns >= 1));
            BOOST_TEST(on.width() == side + (on.columns - 1) * stride);
            if (face > std::min(height, width)) continue;
            auto const low = on.window(0, 0), high = on.window(on.rows - 1, on.columns - 1);
            double const slack = on.step * 1.5; // half a pixel of rounding, and the border's
            BOOST_TEST(low.centre.x <= face / 2 + slack);
            BOOST_TEST(low.centre.y <= face / 2 + slack);
            BOOST_TEST(high.centre.x >= width - face / 2 - slack);
            BOOST_TEST(high.centre.y >= height - face / 2 - slack);
            auto const second = on.window(0, 1);
            BOOST_TEST(second.centre.x - low.centre.x == stride * on.step, boost::test_tools::tolerance(1e-4));
        }
}

BOOST_AUTO_TEST_CASE(a_grid_is_no_larger_than_it_must_be) {
    auto const on = detect::level_for(40, 1.6, 56, 8, 480, 640);
    BOOST_TEST((on.columns - 1) * 8 * on.step < 640 - 40 + 8 * on.step + 1);
}

BOOST_AUTO_TEST_SUITE_END()
