// SPDX-License-Identifier: MIT
#include <mcfa/data/row_maker.hpp>
#include <mcfa/data/window.hpp>
#include <mcfa/image/resample.hpp>
#include <mcfa/task/face_box.hpp>
#include <mcfa/task/landmarks.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>

using namespace mcfa;
using namespace mcfa::data;

BOOST_AUTO_TEST_SUITE(windows)

namespace {

box const face{90, 80, 60, 70};

/// One photo with five dots of 5 x 5 pixels, each of its own colour, on white.
class dotted : public dataset {
public:
    static constexpr std::array<point, 5> dots{{{101.5f, 100.5f}, {139.5f, 104.5f}, {120.5f, 120.5f}, {105.5f, 138.5f}, {131.5f, 139.5f}}};
    static constexpr std::array<std::array<std::uint8_t, 3>, 5> colours{
        {{255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {255, 0, 255}, {0, 255, 255}}};

    std::size_t size() const override { return 1; }
    std::string name(std::size_t) const override { return "dots"; }
    bool has_face(std::size_t) const override { return true; }
    annotation label(std::size_t) const override { return {face, {dots.begin(), dots.end()}, {}, {}}; }
    example load(std::size_t i) const override {
        auto photo = image::blank(240, 240, 255, 255, 255);
        for (std::size_t d = 0; d < 5; ++d)
            for (int y = -2; y <= 2; ++y)
                for (int x = -2; x <= 2; ++x)
                    for (int k = 0; k < 3; ++k)
                        photo(static_cast<int>(dots[d].y) + y, static_cast<int>(dots[d].x) + x, k) =
                            colours[d][static_cast<std::size_t>(k)];
        return {photo, label(i)};
    }
    std::shared_ptr<attribute_table const> attributes() const override {
        return std::make_shared<attribute_table const>(std::vector<std::string>{});
    }
};

/// Where a colour lies on a window, in units of the window: the mean place of its pixels, weighted by how near they are to it.
point find_colour(array<float, 4> const& windows, std::size_t side, std::array<std::uint8_t, 3> const& colour) {
    double sum = 0, x_sum = 0, y_sum = 0;
    for (std::size_t y = 0; y < side; ++y)
        for (std::size_t x = 0; x < side; ++x) {
            double distance = 0;
            for (std::size_t k = 0; k < 3; ++k) distance += std::abs(windows(0, y, x, k) * 128 + 127.5 - colour[k]) / 255;
            double const near = std::max(0.0, 1 - 2 * distance);
            sum += near;
            x_sum += near * (static_cast<double>(x) + 0.5);
            y_sum += near * (static_cast<double>(y) + 0.5);
        }
    BOOST_REQUIRE(sum > 1);
    return {static_cast<float>(x_sum / sum / static_cast<double>(side)), static_cast<float>(y_sum / sum / static_cast<double>(side))};
}

} // namespace

BOOST_AUTO_TEST_CASE(overlaps_hold) {
    auto const reference = reference_square(face, 1.6f);
    BOOST_TEST((reference.centre == face.centre()));
    BOOST_TEST(reference.side == 1.6f * 70);
    sampling wild;
    wild.shift = 0.3f;
    wild.scale = {0.7f, 1.4f};
    int moved_far = 0;
    for (std::uint64_t key = 0; key < 2000; ++key) {
        random_stream random{key};
        auto const positive = positive_window(random, wild, reference);
        BOOST_TEST(overlap(positive, reference) >= 0.65f);
        moved_far += overlap(positive, reference) < 0.8f;
        auto const part = part_window(random, reference);
        BOOST_TEST(overlap(part, reference) >= 0.4f);
        BOOST_TEST(overlap(part, reference) < 0.65f);
        auto const negative = negative_window(random, wild, true, face, 300, 260);
        BOOST_REQUIRE(negative.has_value());
        BOOST_TEST(overlap(*negative, reference) < 0.3f);
        BOOST_TEST(intersection(image::square_of(*negative), face) < 0.3f * negative->side * negative->side);
        for (point corner : {point{0, 0}, {1, 0}, {0, 1}, {1, 1}}) {
            auto const p = image::to_photo(*negative, corner);
            BOOST_TEST((p.x > -0.01f && p.y > -0.01f && p.x < 300.01f && p.y < 260.01f));
        }
    }
    BOOST_TEST(moved_far > 200);
}

BOOST_AUTO_TEST_CASE(mined_windows_are_moved_a_little) {
    image::placement const mined{{50, 40}, 20, 0, false};
    sampling options;
    options.mirror = 0.5f;
    int mirrored = 0, aside = 0;
    float least = 20, most = 20;
    for (std::uint64_t key = 0; key < 500; ++key) {
        random_stream random{key};
        auto const window = near_mined(random, options, mined);
        BOOST_TEST(overlap(window, mined) > 0.7f);
        BOOST_TEST(window.angle == 0);
        BOOST_TEST(std::abs(window.centre.x - 50) <= 1.001f); // a twentieth of the side
        BOOST_TEST(std::abs(window.centre.y - 40) <= 1.001f);
        aside += std::abs(window.centre.x - 50) > 0.5f && std::abs(window.centre.y - 40) > 0.5f;
        least = std::min(least, window.side), most = std::max(most, window.side);
        mirrored += window.mirrored;
    }
    BOOST_TEST(aside > 80); // a quarter of 500
    BOOST_TEST((least >= 17.99f && least < 18.2f));
    BOOST_TEST((most <= 22.01f && most > 21.8f));
    BOOST_TEST(mirrored > 200);
    BOOST_TEST(mirrored < 300);
}

BOOST_AUTO_TEST_CASE(a_photo_filled_by_the_face_has_no_negative_window) {
    random_stream random{1};
    BOOST_TEST(!negative_window(random, {}, true, box{0, 0, 100, 100}, 100, 100).has_value());
}

BOOST_AUTO_TEST_CASE(labels_are_in_units_of_the_window) {
    annotation truth;
    truth.face = box{40, 40, 20, 30};
    truth.landmarks.assign(5, point{60, 50});
    truth.attributes = {1, -1};
    truth.measurements["pose"] = {1, 2, 3};
    auto const names = std::make_shared<attribute_table const>(std::vector<std::string>{"A", "B"});
    auto const label = label_in(truth, {{50, 50}, 100, 0, true}, window_kind::part, names);
    BOOST_TEST((label.kind == window_kind::part));
    BOOST_TEST(label.face->left == 0.4f, boost::test_tools::tolerance(1e-5f)); // not mirrored
    BOOST_TEST(label.face->top == 0.4f, boost::test_tools::tolerance(1e-5f));
    BOOST_TEST(label.face->width == 0.2f, boost::test_tools::tolerance(1e-5f));
    BOOST_TEST(label.face->height == 0.3f, boost::test_tools::tolerance(1e-5f));
    BOOST_TEST(label.landmarks[0].x == 0.6f, boost::test_tools::tolerance(1e-5f));
    BOOST_TEST(label.attribute("A") == 1);
    BOOST_TEST(label.attribute("B") == -1);
    BOOST_TEST(label.attribute("C") == 0);
    BOOST_TEST(label.measurements.at("pose")[2] == 3);

    // A quarter turn clockwise: the photo's down is the window's right.
    auto const turned = label_in(truth, {{50, 50}, 100, 1.5707963f, false}, window_kind::positive, names);
    BOOST_TEST(turned.angle == 1.5707963f);
    BOOST_TEST(turned.face->centre().x == 0.55f, boost::test_tools::tolerance(1e-4f));
    BOOST_TEST(turned.face->centre().y == 0.5f, boost::test_tools::tolerance(1e-4f));
    BOOST_TEST(turned.face->width == 0.2f, boost::test_tools::tolerance(1e-5f)); // keeps its size
}

// The whole way from photo to row: the dots must be where the targets say, in either window size, turned and mirrored.
BOOST_AUTO_TEST_CASE(targets_point_at_the_pixels) {
    using five = landmarks<5>;
    dotted const photos;
    sampling options;
    options.context = 2;
    options.angle = 60;
    options.brightness = options.contrast = options.saturation = 0;
    encoding const code{{64, 160},
                        task_traits<five>::targets,
                        task_traits<five>::terms,
                        [](window_label const& label, bool mirrored, std::span<float> target, std::span<float> mask) {
                            five::encode(label, target, mask);
                            if (mirrored) five::mirror(target);
                        },
                        {}};
    row_maker maker(photos, options, code, true);
    batch rows;
    rows.windows.resize(2);
    rows.windows[0].resize({1, 64, 64, 3});
    rows.windows[1].resize({1, 160, 160, 3});
    rows.targets.resize({1, 10});
    rows.masks.resize({1, 1});
    int mirrored = 0;
    for (std::uint64_t key = 0; key < 40; ++key) {
        BOOST_REQUIRE(maker.fill({0, window_kind::positive, key}, rows, 0));
        BOOST_TEST(rows.masks(0, 0) == 1);
        // The mirrored window's left eye is the photo's right one, so its colour tells whether the window was mirrored.
        auto const truth = five::decode({rows.targets.data(), 10});
        auto const expected = [&](std::size_t d) { return truth[d]; };
        auto const near = [](point a, point b) { return std::hypot(a.x - b.x, a.y - b.y) < 0.006f; };
        bool const flipped = !near(find_colour(rows.windows[1], 160, dotted::colours[0]), expected(0));
        mirrored += flipped;
        std::array<std::size_t, 5> const shown =
            flipped ? std::array<std::size_t, 5>{1, 0, 2, 4, 3} : std::array<std::size_t, 5>{0, 1, 2, 3, 4};
        for (std::size_t d = 0; d < 5; ++d) {
            auto const found = find_colour(rows.windows[1], 160, dotted::colours[shown[d]]);
            BOOST_TEST(near(found, expected(d)), "key " << key << ", dot " << d << ": " << found.x << ' ' << found.y << ", expected "
                                                        << expected(d).x << ' ' << expected(d).y);
        }
        auto const nose = find_colour(rows.windows[0], 64, dotted::colours[2]);
        BOOST_TEST(near(nose, expected(2)));
    }
    BOOST_TEST(mirrored > 10);
    BOOST_TEST(mirrored < 30);
}

BOOST_AUTO_TEST_CASE(the_exact_window_shows_the_box_in_its_middle) {
    dotted const photos;
    encoding const code{
        {32},
        4,
        1,
        [](window_label const& label, bool, std::span<float> target, std::span<float> mask) { face_box::encode(label, target, mask); },
        {}};
    sampling options;
    row_maker maker(photos, options, code, false);
    batch rows;
    rows.windows.resize(1);
    rows.windows[0].resize({1, 32, 32, 3});
    rows.targets.resize({1, 4});
    rows.masks.resize({1, 1});
    BOOST_REQUIRE(maker.fill({0, window_kind::positive, 5}, rows, 0));
    auto const found = face_box::decode({rows.targets.data(), 4});
    BOOST_TEST(found.height == 1 / 1.6f, boost::test_tools::tolerance(1e-4f));
    BOOST_TEST(found.width == 60 / 112.0f, boost::test_tools::tolerance(1e-4f));
    BOOST_TEST(found.centre().x == 0.5f, boost::test_tools::tolerance(1e-4f));
    BOOST_TEST(found.centre().y == 0.5f, boost::test_tools::tolerance(1e-4f));
}

BOOST_AUTO_TEST_SUITE_END()
