// SPDX-License-Identifier: MIT
#include "photos.hpp"

#include <mcfa/backend/eigen.hpp>
#include <mcfa/cascade/cascade.hpp>
#include <mcfa/detect/detector.hpp>
#include <mcfa/detect/turn.hpp>
#include <mcfa/image/resample.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <vector>

using namespace mcfa;

BOOST_AUTO_TEST_SUITE(turning)

namespace {

/// A cascade that calls a window a face if the upper half of its middle is brighter than the lower; it sees landmarks at fixed places.
struct half_and_half : stage<input<16>, average_pool<2>, conv<1, conv_options{.kernel = 8, .pad = 0}>, relu> {};
struct tasks : heads<face_class, face_box, landmarks<5>> {};
struct net : cascade<tasks, half_and_half> {};

std::array<point, 5> const points{
    {{0.4f, 0.4f}, {0.6f, 0.4f}, {0.5f, 0.5f}, {0.42f, 0.62f}, {0.58f, 0.62f}}}; // of an upright face, in its window

/// `turn`: of the landmarks in every window, radians.
model<net, float, backend::eigen> halves_model(float turn = 0) {
    model<net, float, backend::eigen> m{seed{1}, backend::eigen{1}};
    auto values = m.values();
    std::fill(values.begin(), values.end(), 0.0f);
    for (auto const& t : m.tensors()) {
        float* const v = values.data() + t.first;
        if (t.name == "half_and_half.conv1.weight")
            for (int c = 0; c < 3; ++c)
                for (int y = 2; y < 6; ++y)
                    for (int x = 2; x < 6; ++x) v[(c * 8 + y) * 8 + x] = (y < 4 ? 1.0f : -1.0f) / 48;
        if (t.name == "half_and_half.face.weight") v[1] = 16;
        if (t.name == "half_and_half.face.bias") v[1] = -11;
        if (t.name == "half_and_half.box.bias") v[0] = v[1] = to_tenths(0.1875f), v[2] = v[3] = to_tenths(0.625f);
        if (t.name == "half_and_half.landmarks.bias")
            for (std::size_t i = 0; i < 5; ++i) {
                point const p = image::to_photo({{0.5f, 0.5f}, 1, turn, false}, points[i]);
                v[2 * i] = to_tenths(p.x), v[2 * i + 1] = to_tenths(p.y);
            }
    }
    m.assign(values);
    return m;
}

/// A square of 40 pixels in the middle of a grey photo of 120 x 90: white above, black below, turned clockwise by quarter turns.
image::pixels half_white(int quarters) {
    auto photo = image::blank(90, 120, 128, 128, 128);
    for (int y = 0; y < 40; ++y)
        for (int x = 0; x < 40; ++x) {
            int const above[]{39 - y, x, y, 39 - x}; // from the white edge's far side
            bool const white = above[quarters] >= 20;
            for (std::size_t k = 0; k < 3; ++k)
                photo(static_cast<std::size_t>(25 + y), static_cast<std::size_t>(40 + x), k) = white ? 255 : 0;
        }
    return photo;
}

float const quarter = std::numbers::pi_v<float> / 2;

} // namespace

BOOST_AUTO_TEST_CASE(a_window_of_the_photo_turned_back_is_a_turned_window_of_the_photo) {
    auto const photo = noise(37, 52);
    image::placement const upright{{17.25f, 12.5f}, 19, 0, false};
    image::pixels turned;
    std::vector<std::uint8_t> scratch;
    for (int quarters = 1; quarters < 4; ++quarters) {
        detect::turn_back(photo, quarters, turned, scratch);
        BOOST_TEST(image::height(turned) == (quarters == 2 ? 37 : 52));
        auto const window = detect::turned_with_photo(upright, quarters, 37, 52);
        BOOST_TEST(window.angle == static_cast<float>(quarters) * quarter);
        std::vector<float> expected(16 * 16 * 3), found(16 * 16 * 3);
        image::cut(turned, upright, 16, expected);
        image::cut(photo, window, 16, found);
        for (std::size_t i = 0; i < found.size(); ++i) BOOST_TEST(std::abs(found[i] - expected[i]) < 0.01f);
    }
}

BOOST_AUTO_TEST_CASE(the_angle_of_a_face_follows_its_landmarks) {
    for (float const angle : {-3.0f, -1.5f, -0.3f, 0.0f, 0.3f, 1.5f, 3.0f}) {
        auto turned = points;
        for (auto& p : turned) p = image::to_photo({{70, 60}, 40, angle, false}, p);
        BOOST_TEST(detect::angle_of(turned) == angle, boost::test_tools::tolerance(1e-5f));
    }
    auto profile = points; // seen from the side: what lies left and right falls together
    for (auto& p : profile) p.x = 0.5f;
    BOOST_TEST(std::abs(detect::angle_of(profile)) < 1e-6f);
    BOOST_TEST(detect::angle_of({}) == 0);
}

BOOST_AUTO_TEST_CASE(faces_at_every_quarter_turn_are_found_if_asked_for) {
    auto const m = halves_model();
    detector const upright{m, {.thresholds = {0.5}, .smallest_face = 30}};
    detector const every{m, {.thresholds = {0.5}, .smallest_face = 30, .turned = true}};
    for (int quarters = 0; quarters < 4; ++quarters) {
        auto const photo = half_white(quarters);
        BOOST_TEST(upright(photo).size() == (quarters == 0 ? 1u : 0u));
        auto const found = every(photo);
        BOOST_REQUIRE(!found.empty());
        auto const& face = found[0];
        BOOST_TEST(std::abs(std::remainder(face.window.angle - static_cast<float>(quarters) * quarter, 4 * quarter)) < 1e-3f);
        BOOST_TEST(std::abs(face.box.centre().x - 60) < 4);
        BOOST_TEST(std::abs(face.box.centre().y - 45) < 4);
        auto const eyes = image::to_photo(face.window, {0.5f, 0.4f}); // half way between
        BOOST_TEST(std::abs((face.landmarks[0].x + face.landmarks[1].x) / 2 - eyes.x) < 1e-3f);
        BOOST_TEST(std::abs((face.landmarks[0].y + face.landmarks[1].y) / 2 - eyes.y) < 1e-3f);
        point const from_middle[]{{0, -1}, {1, 0}, {0, 1}, {-1, 0}}; // where the eyes lie
        BOOST_TEST((eyes.x - face.box.centre().x) * from_middle[quarters].x + (eyes.y - face.box.centre().y) * from_middle[quarters].y > 2);
    }
}

/// The window is as it was judged, and so one look behind what the landmarks say.
BOOST_AUTO_TEST_CASE(the_angle_of_a_found_face_is_what_the_last_look_says) {
    auto const m = halves_model(0.1f);
    for (bool const turned : {false, true}) {
        auto const found = detector{m, {.thresholds = {0.5}, .smallest_face = 30, .turned = turned}}(half_white(0));
        BOOST_REQUIRE(!found.empty());
        BOOST_TEST(found[0].window.angle == (turned ? 0.1f : 0.0f), boost::test_tools::tolerance(1e-4f));
        BOOST_TEST(found[0].angle == found[0].window.angle + 0.1f, boost::test_tools::tolerance(1e-4f));
        BOOST_TEST(found[0].angle == detect::angle_of(found[0].landmarks));
    }
}

/// A lying box keeps its sides as they are seen.
BOOST_AUTO_TEST_CASE(box_of_a_turned_window_lies_about_its_turned_centre) {
    prediction<tasks> p;
    p.logits.fill(0);
    auto const info = tasks::info[1];
    float const in_window[]{0.2f, 0.1f, 0.6f, 0.4f}; // left, top, height, width
    for (std::size_t i = 0; i < 4; ++i) p.logits[static_cast<std::size_t>(info.first_logit) + i] = to_tenths(in_window[i]);
    auto const upright = detect::box_of(p, {{100, 100}, 100, 0, false}, 1.6f);
    BOOST_TEST(upright.width == 40, boost::test_tools::tolerance(1e-4f));
    auto const lying = detect::box_of(p, {{100, 100}, 100, quarter, false}, 1.6f);
    BOOST_TEST(lying.width == 60, boost::test_tools::tolerance(1e-4f));
    BOOST_TEST(lying.height == 40, boost::test_tools::tolerance(1e-4f));
    BOOST_TEST(lying.centre().x == 110, boost::test_tools::tolerance(1e-4f)); // (0.4, 0.4) of the window: left of and above its middle
    BOOST_TEST(lying.centre().y == 90, boost::test_tools::tolerance(1e-4f));
}

BOOST_AUTO_TEST_SUITE_END()
