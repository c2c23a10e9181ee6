// SPDX-License-Identifier: MIT
#include <mcfa/detect/score/photo_changes.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>

using namespace mcfa;
using namespace mcfa::detect;

namespace {

/// A grey photo of 40 x 60 with one white pixel at (x 45, y 12), where the face's first landmark is.
scene dotted() {
    scene made{"dotted", image::blank(40, 60, 100, 100, 100), {}, {{1, 2, 4, 6}}};
    for (std::size_t c = 0; c < 3; ++c) made.photo(12, 45, c) = 250;
    annotation known;
    known.face = box{30, 5, 20, 30};
    known.landmarks.assign(5, {45.5f, 12.5f});
    made.faces.push_back(known);
    return made;
}

point brightest(image::pixels const& photo) {
    point at;
    int most = -1;
    for (std::size_t y = 0; y < photo.shape()[0]; ++y)
        for (std::size_t x = 0; x < photo.shape()[1]; ++x)
            if (photo(y, x, 0) > most) most = photo(y, x, 0), at = {static_cast<float>(x) + 0.5f, static_cast<float>(y) + 0.5f};
    return at;
}

} // namespace

BOOST_AUTO_TEST_SUITE(changes_of_photos)

BOOST_AUTO_TEST_CASE(gains_act_by_channel_and_clip) {
    auto const lit = with_gains(dotted(), {0.5f, 1, 3});
    BOOST_TEST(lit.photo(0, 0, 0) == 50);
    BOOST_TEST(lit.photo(0, 0, 1) == 100);
    BOOST_TEST(lit.photo(0, 0, 2) == 255);
}

BOOST_AUTO_TEST_CASE(contrast_shrinks_distances_from_the_mean) {
    auto const flat = with_contrast(dotted(), 0.5f);
    BOOST_TEST(flat.photo(0, 0, 1) == 100);
    BOOST_TEST(flat.photo(12, 45, 1) == 175);
}

// A white dot becomes the Gaussian's value at each distance.
BOOST_AUTO_TEST_CASE(a_blurred_dot_is_a_gaussian) {
    float const sigma = 1.5f;
    auto const soft = blurred(dotted(), sigma);
    double total = 0;
    for (int k = -5; k <= 5; ++k) total += std::exp(-k * k / (2.0 * sigma * sigma));
    for (int dx = 0; dx < 4; ++dx) {
        double const expected = 100 + 150 * std::exp(-dx * dx / (2.0 * sigma * sigma)) / (total * total);
        BOOST_TEST(std::abs(soft.photo(12, static_cast<std::size_t>(45 + dx), 0) - expected) < 0.51);
    }
}

BOOST_AUTO_TEST_CASE(landmarks_and_boxes_follow_a_turn) {
    for (float const degrees : {30.0f, -45.0f, 90.0f, 180.0f}) {
        auto const made = turned(dotted(), degrees);
        BOOST_TEST(image::height(made.photo) == 60);
        BOOST_TEST(image::width(made.photo) == 60);
        point const seen = brightest(made.photo), told = made.faces[0].landmarks[0];
        BOOST_TEST(std::hypot(seen.x - told.x, seen.y - told.y) < 1);
        box const face = made.faces[0].face.value();
        BOOST_TEST(face.width == 20);
        BOOST_TEST(face.height == 30);
    }
    auto const over = turned(dotted(), 180); // the middle of the photo, (30, 20), is the canvas's, (30, 30)
    BOOST_TEST(over.faces[0].face->centre().x == 20, boost::test_tools::tolerance(1e-4f));
    BOOST_TEST(over.faces[0].face->centre().y == 30, boost::test_tools::tolerance(1e-4f));
    BOOST_TEST(over.ignored[0].centre().x == 57, boost::test_tools::tolerance(1e-4f));
    auto const clockwise = turned(dotted(), 90); // what was to the right is below
    BOOST_TEST(clockwise.faces[0].landmarks[0].y > 40);
}

BOOST_AUTO_TEST_CASE(every_change_has_a_name_of_its_own_and_changes_the_photo) {
    std::set<std::string> names;
    for (auto const& change : photo_changes()) {
        BOOST_TEST(names.insert(change.name).second, change.name);
        auto const before = dotted(), after = change.apply(before);
        BOOST_TEST((after.photo != before.photo), change.name);
    }
}

BOOST_AUTO_TEST_SUITE_END()
