// SPDX-License-Identifier: MIT
#include "files.hpp"

#include <mcfa/image/annotate.hpp>

#include <algorithm>
#include <limits>
#include <utility>

using namespace mcfa;

BOOST_AUTO_TEST_SUITE(annotating)

BOOST_AUTO_TEST_CASE(small_photos_are_enlarged_and_keep_their_picture) {
    auto const photo = ramp(40, 60);
    auto const picture = image::annotated(photo, {});
    BOOST_TEST(image::height(picture) == 400);
    BOOST_TEST(image::width(picture) == 600);
    for (auto [y, x] : {std::pair{5, 5}, {205, 305}, {394, 594}})
        for (int c = 0; c < 3; ++c) BOOST_TEST(std::abs(int{picture(y, x, c)} - int{photo(y / 10, x / 10, c)}) <= 7);
    BOOST_TEST((image::annotated(ramp(400, 500), {}) == ramp(400, 500)));
}

BOOST_AUTO_TEST_CASE(box_landmarks_and_text_lie_where_the_face_is) {
    auto const photo = image::blank(400, 600, 0, 0, 0);
    std::vector<image::face_marks> const faces{{{100, 120, 80, 90}, {{130, 150}}, {"face 99 %", "Smiling"}}};
    auto const picture = image::annotated(photo, faces);
    BOOST_TEST(int{picture(120, 140, 1)} > 140); // the upper edge, green
    BOOST_TEST(int{picture(165, 100, 1)} > 140);
    BOOST_TEST(int{picture(150, 130, 0)} > 200); // the landmark, yellow
    int bright = 0;
    for (int y = 120; y < 160; ++y)
        for (int x = 184; x < 300; ++x) bright += picture(y, x, 2) > 200;
    BOOST_TEST(bright > 50); // letters to the right
    for (int y = 300; y < 400; ++y)
        for (int x = 0; x < 600; ++x) BOOST_REQUIRE(int{picture(y, x, 1)} == 0);
}

BOOST_AUTO_TEST_CASE(text_covers_no_face_and_no_other_text) {
    // A crowd in rows, so close that few labels find a place.
    std::vector<image::face_marks> faces;
    std::vector<box> boxes;
    for (int i = 0; i < 12; ++i) {
        box const face{static_cast<float>(20 + 150 * (i % 4)), static_cast<float>(20 + 130 * (i / 4)), 90, 100};
        boxes.push_back(face);
        faces.push_back({face, {}, {"face 0.997", "Wearing Hat", "Smiling"}});
    }
    auto const with = image::annotated(image::blank(420, 800, 90, 90, 90), faces);
    for (auto& face : faces) face.lines.clear();
    auto const without = image::annotated(image::blank(420, 800, 90, 90, 90), faces);
    int written = 0;
    for (int y = 0; y < 420; ++y)
        for (int x = 0; x < 800; ++x) {
            bool const differs = with(y, x, 0) != without(y, x, 0);
            written += differs;
            bool const on_face =
                std::ranges::any_of(boxes, [&](box b) { return x >= b.left && x < b.right() && y >= b.top && y < b.bottom(); });
            BOOST_REQUIRE((!differs || !on_face));
        }
    BOOST_TEST(written > 5000); // but text there is
}

BOOST_AUTO_TEST_CASE(a_label_takes_a_free_side_a_corner_outside_the_face_or_nothing) {
    box const left{100, 100, 80, 80}, right{190, 100, 80, 80};
    image::label_places two(400, 300, {left, right});
    BOOST_TEST((two.take(left, 60, 30, 4) == point{36, 100})); // the other face is on the right
    BOOST_TEST((two.take(right, 60, 30, 4) == point{274, 100}));
    BOOST_TEST((two.take(right, 60, 30, 4) == point{274, 150})); // what is taken is taken
    box const whole{0, 0, 400, 300};
    image::label_places one(400, 300, {whole});
    BOOST_TEST((one.take(whole, 50, 20, 4) == point{4, 4}));
    BOOST_TEST(!one.take(whole, 200, 100, 4).has_value()); // it would cover the face
    BOOST_TEST(!one.take(whole, 500, 20, 4).has_value());
}

BOOST_AUTO_TEST_CASE(a_panorama_takes_no_more_memory_than_its_pixels) {
    auto const photo = ramp(2, 20000); // the square about it has 400 million pixels
    std::vector<image::face_marks> const faces{{{19000, 0, 2, 2}, {}, {}}};
    auto const picture = image::annotated(photo, faces);
    BOOST_TEST(picture.size() == photo.size());
    BOOST_TEST(int{picture(1, 100, 1)} == int{photo(1, 100, 1)});
}

BOOST_AUTO_TEST_CASE(hostile_faces_and_empty_photos_do_no_harm) {
    constexpr float none = std::numeric_limits<float>::quiet_NaN(), huge = 3e38f;
    for (float v : {none, huge, -huge, 0.0f})
        image::annotated(ramp(40, 60), std::vector<image::face_marks>{{{v, v, v, v}, {{v, v}}, {"text", "more"}}});
    BOOST_TEST(image::annotated(image::blank(0, 0), {}).size() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
