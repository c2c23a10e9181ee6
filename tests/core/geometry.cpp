// SPDX-License-Identifier: MIT
#include <mcfa/core/geometry.hpp>
#include <mcfa/core/shape.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <sstream>

using namespace mcfa;

BOOST_AUTO_TEST_SUITE(core_geometry)

BOOST_AUTO_TEST_CASE(overlap_by_hand) {
    box const a{0, 0, 4, 2};
    BOOST_TEST(intersection(a, box{1, 1, 4, 2}) == 3);
    BOOST_TEST(iou(a, box{1, 1, 4, 2}) == 3.0f / 13);
    BOOST_TEST(iou(a, a) == 1);
    BOOST_TEST(iou(a, box{1, 0.5f, 2, 1}) == 0.25f); // inside
    BOOST_TEST(iou(a, box{4, 0, 4, 2}) == 0);        // side by side
    BOOST_TEST(iou(a, box{9, 9, 1, 1}) == 0);
    BOOST_TEST(iou(box{}, box{}) == 0);
    BOOST_TEST(iou(a, box{2, 1, 0, 0}) == 0);
    BOOST_TEST(iou(box{-3, -2, 6, 4}, box{0, 0, 6, 4}) == iou(box{0, 0, 6, 4}, box{-3, -2, 6, 4}));
}

BOOST_AUTO_TEST_CASE(sides_and_centre) {
    box const b{1, 2, 6, 4};
    BOOST_TEST(b.right() == 7);
    BOOST_TEST(b.bottom() == 6);
    BOOST_TEST(b.area() == 24);
    BOOST_TEST((b.centre() == point{4, 4}));
    std::ostringstream text;
    text << b;
    BOOST_TEST(text.str() == "left 1 top 2 width 6 height 4");
}

BOOST_AUTO_TEST_CASE(shapes) {
    static_assert(shape{3, 4, 5}.size() == 60 && shape{3, 4, 5}.pixels() == 20);
    static_assert(shape{3}.is_vector() && !shape{3, 1, 2}.is_vector());
    BOOST_TEST(to_string(shape{3, 4, 5}) == "3x4x5");
}

BOOST_AUTO_TEST_SUITE_END()
