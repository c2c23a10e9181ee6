// SPDX-License-Identifier: MIT
#include "../image/jpegs.hpp"
#include "bright_faces.hpp"
#include "photos.hpp"

#include <mcfa/backend/eigen.hpp>
#include <mcfa/backend/reference.hpp>
#include <mcfa/cascade/cascade.hpp>
#include <mcfa/core/array_views.hpp>
#include <mcfa/core/error.hpp>
#include <mcfa/detect/detector.hpp>
#include <mcfa/image/frame.hpp>
#include <mcfa/image/read.hpp>
#include <mcfa/image/window_predictor.hpp>
#include <mcfa/layer/dense.hpp>
#include <mcfa/layer/flatten.hpp>
#include <mcfa/model/predictor.hpp>
#include <mcfa/task/attributes.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

using namespace mcfa;

BOOST_AUTO_TEST_SUITE(detecting)

namespace {

struct look : attributes<"Smiling", "Eyeglasses"> {};
struct tasks : heads<face_class, face_box, landmarks<5>, look> {};
struct small : stage<input<24>, conv<4, conv_options{.kernel = 3, .pad = 0}>, relu, max_pool<2>,
                     conv<6, conv_options{.kernel = 4, .stride = 2, .pad = 0}>, relu, conv<8, conv_options{.kernel = 4, .pad = 0}>, relu> {
};
struct large : stage<input<48>, vgg_block<4, 1>, vgg_block<8, 1>, vgg_block<8, 1>, flatten, dense<16>, relu> {};
struct flat : stage<input<24>, vgg_block<4, 1>, flatten, dense<8>, relu> {};
struct net : cascade<tasks, small, large> {};
struct net_of_one : cascade<tasks, small> {};
struct net_of_three : cascade<tasks, flat, small, large> {}; // its first stage cannot be swept
struct bare_tasks : heads<face_class> {};
struct bare_net : cascade<bare_tasks, small> {};

template <class Face>
bool same(std::vector<Face> const& a, std::vector<Face> const& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](Face const& x, Face const& y) {
        return x.box == y.box && x.probability == y.probability && x.predicted.logits == y.predicted.logits;
    });
}

detector_options const everything{.thresholds = {0.0, 0.0}, .smallest_face = 12};

} // namespace

BOOST_AUTO_TEST_CASE(the_program_of_the_readme) {
    model<net, float, backend::eigen> m{seed{7}, backend::eigen{1}};
    detector find{m, {.thresholds = {0.1, 0.2}, .smallest_face = 20}};
    std::size_t count = 0;
    for (auto const& face : find(noise(60, 80))) {
        ++count;
        BOOST_TEST((face.attribute<"Smiling">() > 0 && face.attribute<"Smiling">() < 1));
        std::ostringstream text;
        text << face.box;
        BOOST_TEST(text.str().find("width ") != std::string::npos);
        BOOST_TEST(face.probability == face.get<face_class>());
        BOOST_TEST(face.landmarks[2].x == image::to_photo(face.window, face.get<landmarks<5>>()[2]).x);
        BOOST_TEST(face.box.width == face.get<face_box>().width * face.window.side, boost::test_tools::tolerance(1e-5f));
    }
    BOOST_TEST(count > 0u);
}

BOOST_AUTO_TEST_CASE(a_face_says_an_attribute_above_the_threshold_of_the_model) {
    model<net, float, backend::eigen> m{seed{7}, backend::eigen{1}};
    m.set_attribute_thresholds({0, 1});
    for (bool const mirror : {false, true}) {
        detector find{m, {.thresholds = {0.1, 0.2}, .smallest_face = 20, .mirror = mirror}};
        auto const found = find(noise(60, 80));
        BOOST_TEST(!found.empty());
        for (auto const& face : found) {
            BOOST_TEST(face.says<"Smiling">());
            BOOST_TEST(!face.says<"Eyeglasses">());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_detector_takes_the_thresholds_of_the_model_unless_told_otherwise) {
    model<net, float, backend::eigen> m{seed{7}, backend::eigen{1}};
    std::vector<double> const own{0.1, 0.2}, given{0.3, 0.4};
    BOOST_TEST(detector{m}.options().thresholds == std::vector<double>(2, 0.5));
    m.set_detection_thresholds(own);
    BOOST_TEST(detector{m}.options().thresholds == own);
    BOOST_TEST((detector{m, {.thresholds = given}}.options().thresholds == given));
}

BOOST_AUTO_TEST_CASE(bright_squares_are_found_where_they_are) {
    auto const m = bright_model<bright_net>(backend::eigen{1});
    detector find{m, {.thresholds = {0.5}, .smallest_face = 20}};
    std::vector<box> const truth{{30, 40, 28, 28}, {150, 20, 80, 80}, {0, 120, 40, 40}, {205, 125, 35, 35}}; // two at the photo's edges
    auto const found = find(squares(160, 240, truth));
    BOOST_TEST(found.size() == truth.size());
    for (box const& b : truth)
        BOOST_TEST(std::any_of(found.begin(), found.end(), [&](auto const& face) { return iou(face.box, b) > 0.4f; }));
    for (std::size_t i = 1; i < found.size(); ++i) BOOST_TEST(found[i - 1].probability >= found[i].probability);
}

/// The box of this cascade is always the middle of its window, so that looking again changes nothing but rounding.
BOOST_AUTO_TEST_CASE(looking_again_keeps_what_is_in_place) {
    auto const m = bright_model<bright_net>(backend::eigen{1});
    auto const photo = squares(160, 240, {{30, 40, 28, 28}, {150, 20, 80, 80}});
    detector once{m, {.thresholds = {0.5}, .smallest_face = 20}}, thrice{m, {.thresholds = {0.5}, .smallest_face = 20, .looks = 3}};
    auto const a = once(photo), b = thrice(photo);
    BOOST_REQUIRE(a.size() == 2u);
    BOOST_REQUIRE(b.size() == 2u);
    for (std::size_t i = 0; i < 2; ++i) BOOST_TEST(iou(a[i].box, b[i].box) > 0.999f);
}

/// What is reported is the mean of the cascade's logits on the window and on its mirror image, where places are mirrored back.
BOOST_AUTO_TEST_CASE(the_mirror_counts_half) {
    model<net, float, backend::eigen> m{seed{7}, backend::eigen{1}};
    auto const photo = noise(60, 80);
    detector find{m, {.thresholds = {0.1, 0.2}, .smallest_face = 20, .mirror = true}};
    predictor judge{m, {}, 1};
    image::window_cutter cutter{net::info, 1};
    auto const seen = [&](image::placement const& window) {
        cutter.fill(photo, window, 0, net::count);
        return judge(cutter.windows(), 1).front();
    };
    auto const found = find(photo);
    BOOST_TEST(!found.empty());
    for (auto const& face : found) {
        auto turned = face.window;
        turned.mirrored = true;
        auto const plain = seen(face.window), other = seen(turned);
        auto const middle = [](float a, float b) { return (a + b) / 2; };
        auto const near = boost::test_tools::tolerance(1e-4f);
        auto const a = plain.get<landmarks<5>>(), b = other.get<landmarks<5>>(), mean = face.get<landmarks<5>>();
        BOOST_TEST(mean[0].x == middle(a[0].x, 1 - b[1].x), near); // the left eye is the mirror image's right one
        BOOST_TEST(mean[0].y == middle(a[0].y, b[1].y), near);
        BOOST_TEST(mean[2].x == middle(a[2].x, 1 - b[2].x), near);
        BOOST_TEST(mean[4].x == middle(a[4].x, 1 - b[3].x), near);
        auto const left = plain.get<face_box>(), right = other.get<face_box>(), both = face.get<face_box>();
        BOOST_TEST(both.left == middle(left.left, 1 - right.right()), near);
        BOOST_TEST(both.width == middle(left.width, right.width), near);
        auto joined = plain;
        join_mirror_image(joined, other);
        for (std::size_t k = 0; k < joined.logits.size(); ++k) BOOST_TEST(std::abs(face.predicted.logits[k] - joined.logits[k]) < 1e-4f);
    }
    detector twice{m, {.thresholds = {0.1, 0.2}, .smallest_face = 20, .looks = 2, .mirror = true}};
    for (auto const& face : twice(photo)) { // the last look alone is mirrored
        auto turned = face.window;
        turned.mirrored = true;
        auto joined = seen(face.window);
        join_mirror_image(joined, seen(turned));
        for (std::size_t k = 0; k < joined.logits.size(); ++k) BOOST_TEST(std::abs(face.predicted.logits[k] - joined.logits[k]) < 1e-4f);
    }
}

BOOST_AUTO_TEST_CASE(no_face_is_an_empty_result) {
    auto const m = bright_model<bright_net>(backend::eigen{1});
    detector find{m, {.thresholds = {0.5}}};
    BOOST_TEST(find(squares(100, 100, {})).empty());
    BOOST_TEST(find(image::blank(1, 1, 255, 255, 255)).empty());
}

BOOST_AUTO_TEST_CASE(photos_of_any_size) {
    model<net, float, backend::eigen> m{seed{7}, backend::eigen{1}};
    detector find{m, everything};
    for (auto [height, width] : {std::pair{1, 1}, {1, 400}, {400, 1}, {11, 11}, {12, 12}, {13, 900}, {900, 13}, {49, 33}}) {
        auto const found = find(noise(height, width));
        BOOST_TEST(found.empty() == (std::min(height, width) < 12)); // every threshold is 0
    }
}

BOOST_AUTO_TEST_CASE(several_photos_of_different_sizes_in_one_call) {
    model<net, float, backend::eigen> m{seed{7}, backend::eigen{1}};
    detector find{m, everything};
    std::vector<image::pixels> const photos{noise(30, 50), noise(1, 1), noise(64, 20, 5)};
    auto const all = find(photos);
    BOOST_REQUIRE(all.size() == 3u);
    for (std::size_t i = 0; i < photos.size(); ++i) BOOST_TEST(same(all[i], find(photos[i])));
}

BOOST_AUTO_TEST_CASE(cascades_of_one_to_three_stages) {
    auto const count = []<class Net>() {
        model<Net, float, backend::eigen> m{seed{7}, backend::eigen{1}};
        detector find{m, {.thresholds = std::vector<double>(Net::count, 0.0), .smallest_face = 16}};
        auto const found = find(noise(40, 60));
        for (auto const& face : found) BOOST_TEST(face.predicted.stage == static_cast<int>(Net::count) - 1);
        return found.size();
    };
    BOOST_TEST(count.operator()<net_of_one>() > 0u);
    BOOST_TEST(count.operator()<net>() > 0u);
    BOOST_TEST(count.operator()<net_of_three>() > 0u);
    BOOST_TEST(count.operator()<bare_net>() > 0u);
}

BOOST_AUTO_TEST_CASE(backends_agree) {
    auto const fast = bright_model<bright_net>(backend::eigen{1});
    auto const plain = bright_model<bright_net>(backend::reference{});
    auto const photo = squares(90, 120, {{20, 20, 30, 30}, {70, 30, 45, 45}});
    detector find{fast, {.thresholds = {0.5}, .smallest_face = 20}};
    detector find_plainly{plain, {.thresholds = {0.5}, .smallest_face = 20}};
    auto const a = find(photo), b = find_plainly(photo);
    BOOST_REQUIRE(a.size() == b.size());
    for (std::size_t i = 0; i < a.size(); ++i) BOOST_TEST(iou(a[i].box, b[i].box) > 0.999f);
}

/// A stored photo is turned; what is found on it is where a person sees it.
BOOST_AUTO_TEST_CASE(the_orientation_of_a_photo_is_obeyed) {
    auto const m = bright_model<bright_net>(backend::eigen{1});
    detector find{m, {.thresholds = {0.5}, .smallest_face = 20}};
    auto const upright = squares(100, 140, {{20, 30, 40, 40}});
    auto const expected = find(upright);
    BOOST_REQUIRE(expected.size() == 1u);
    std::vector<std::uint8_t> stored; // turned a quarter to the left, which orientation 6 undoes
    for (std::size_t y = 0; y < 140; ++y)
        for (std::size_t x = 0; x < 100; ++x)
            for (std::size_t c = 0; c < 3; ++c) stored.push_back(upright(x, 139 - y, c));
    jpeg_maker make;
    make.exif = {'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 18, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0};
    auto const found = find(image::decode(make(stored, 140, 100), "turned"));
    BOOST_REQUIRE(found.size() == 1u);
    BOOST_TEST(iou(found[0].box, expected[0].box) > 0.95f);
}

BOOST_AUTO_TEST_CASE(wrong_options_and_frames_are_errors_as_values) {
    model<net, float, backend::eigen> m{seed{7}, backend::eigen{1}};
    auto const photo = noise(80, 120);
    auto const find = try_detector(m, everything);
    BOOST_REQUIRE(find.has_value());
    auto const frame = image::try_frame(photo.data(), 80, 120, 360);
    BOOST_REQUIRE(frame.has_value());
    BOOST_TEST(same((*find)(*frame), detector{m, everything}(photo)));
    auto const says = [](auto const& wrong, std::string const& part) {
        BOOST_REQUIRE(!wrong);
        BOOST_TEST(std::string(wrong.error().what()).find(part) != std::string::npos);
    };
    says(try_detector(m, {.smallest_face = 1}), "detector: smallest_face is 1, expected 4 to 100000");
    says(try_detector(m, {.thresholds = {0.5}}), "the cascade has 2 stages, given 1 thresholds");
    says(image::try_frame(photo.data(), 80, 120, 359), "frame: rows of 359 bytes");
    says(image::try_frame(nullptr, 1, 1, 3), "frame: no memory");
    says(try_predictor(m, {0.5f}), "the cascade has 2 stages, given 1");
    says(try_predictor(m, {}, 0), "a capacity of at least 1");
    says(image::try_window_predictor(m, {0.5f, 2.0f}), "2 is not a probability");
    auto judge = image::try_window_predictor(m);
    BOOST_REQUIRE(judge.has_value());
    image::window_predictor other{m};
    image::placement const window{{50, 40}, 50, 0, false};
    BOOST_TEST(((*judge)(*frame, window).logits == other(photo, window).logits));
}

BOOST_AUTO_TEST_CASE(at_most_so_many_candidates) {
    model<net, float, backend::eigen> m{seed{7}, backend::eigen{1}};
    auto options = everything;
    options.most_candidates = 3;
    detector find{m, options};
    detection_limits_met met;
    BOOST_TEST(find(noise(80, 120), &met).size() <= 3u);
    BOOST_TEST(met.candidates_left_out > 0u);
    options.most_candidates = 100000;
    BOOST_TEST((detector{m, options}(noise(80, 120), &met).size() > 3u));
    BOOST_TEST(met.candidates_left_out == 0u);
}

BOOST_AUTO_TEST_CASE(a_crowd_is_found_in_full) {
    auto const m = bright_model<bright_net>(backend::eigen{1});
    std::vector<box> crowd;
    for (int y = 0; y < 20; ++y)
        for (int x = 0; x < 20; ++x) crowd.push_back({20 + 70.0f * static_cast<float>(x), 20 + 70.0f * static_cast<float>(y), 40, 40});
    auto const photo = squares(1410, 1410, crowd);
    detection_limits_met met;
    BOOST_TEST((detector{m, {.thresholds = {0.5}, .smallest_face = 36}}(photo, &met).size() == 400u));
    BOOST_TEST(met.candidates_left_out == 0u);
    BOOST_TEST((detector{m, {.thresholds = {0.5}, .smallest_face = 36, .most_candidates = 200}}(photo, &met).size() < 400u));
    BOOST_TEST(met.candidates_left_out > 0u);
    BOOST_TEST(detector_options{.smallest_face = 40}.candidates_on(480, 640) == 200u);
    BOOST_TEST(detector_options{.smallest_face = 20}.candidates_on(480, 640) == 768u);
    BOOST_TEST(detector_options{.smallest_face = 4}.candidates_on(10000, 10000) == 100000u);
    BOOST_TEST((detector_options{.smallest_face = 20, .most_candidates = 7}.candidates_on(480, 640) == 7u));
}

BOOST_AUTO_TEST_CASE(frames_views_and_expressions_are_photos_too) {
    model<net, float, backend::eigen> m{seed{7}, backend::eigen{1}};
    detector const find{m, everything};
    auto const photo = noise(80, 120);
    auto const expected = find(photo);
    BOOST_REQUIRE(!expected.empty());
    std::vector<std::uint8_t> blue_first; // with alpha, rows of 500 bytes
    for (std::size_t y = 0; y < 80; ++y) {
        for (std::size_t x = 0; x < 120; ++x) blue_first.insert(blue_first.end(), {photo(y, x, 2), photo(y, x, 1), photo(y, x, 0), 9});
        blue_first.insert(blue_first.end(), 20, 7);
    }
    BOOST_TEST(same(find(image::frame{blue_first.data(), 80, 120, 500, image::pixel_order::bgra}), expected));
    BOOST_TEST(same(find(adapted<3>(photo.data(), photo.shape())), expected));
    BOOST_TEST(same(find(xt::cast<std::uint8_t>(255 - xt::cast<int>(255 - xt::cast<int>(photo)))), expected)); // lazy
    image::pixels const half = xt::view(photo, xt::all(), xt::range(0, 70));
    BOOST_TEST(same(find(xt::view(photo, xt::all(), xt::range(0, 70))), find(half)));
}

BOOST_AUTO_TEST_CASE(a_window_predictor_sees_what_a_predictor_sees) {
    model<net, float, backend::eigen> m{seed{7}, backend::eigen{1}};
    auto const photo = noise(60, 80);
    std::vector<image::placement> const windows{{{30, 30}, 40, 0, false}, {{50, 20}, 25, 0.3f, true}, {{0, 0}, 60, 0, false}};
    predictor judge{m};
    image::window_cutter cutter{net::info, 3};
    for (std::size_t i = 0; i < 3; ++i) cutter.fill(photo, windows[i], i, net::count);
    auto const expected = judge(cutter.windows(), 3);
    image::window_predictor look_at{m, {}, 2};
    auto const seen = look_at(photo, windows);
    BOOST_REQUIRE(seen.size() == 3u);
    for (std::size_t i = 0; i < 3; ++i) {
        auto const one = look_at(photo, windows[i]);
        for (std::size_t k = 0; k < one.logits.size(); ++k) {
            BOOST_TEST(std::abs(seen[i].logits[k] - expected[i].logits[k]) < 1e-5f);
            BOOST_TEST(std::abs(one.logits[k] - expected[i].logits[k]) < 1e-5f);
        }
    }
    BOOST_CHECK_THROW(look_at(photo, {{30, 30}, 1e10f, 0, false}), option_error);
}

BOOST_AUTO_TEST_CASE(an_array_of_other_channels_is_refused_by_name) {
    model<net, float, backend::eigen> m{seed{7}, backend::eigen{1}};
    detector const find{m, everything};
    for (std::size_t channels : {1u, 2u, 4u}) {
        image::pixels const photo(image::pixels::shape_type{40, 50, channels});
        auto const named = [](shape_error const& problem) {
            return std::string(problem.what()).starts_with("frame: an array of 40 x 50 x ");
        };
        BOOST_CHECK_EXCEPTION(find(photo), shape_error, named);
    }
}

/// A box head may say anything: windows stay such that they can be cut, and no face without a place is reported.
BOOST_AUTO_TEST_CASE(boxes_beyond_all_measure_are_not_reported) {
    for (float const said : {1e30f, std::numeric_limits<float>::infinity(), std::nanf("")}) {
        auto m = bright_model<bright_net>(backend::eigen{1});
        auto values = m.values();
        for (auto const& t : m.tensors())
            if (t.name == "brightness.box.bias") values[t.first + 2] = values[t.first + 3] = said;
        m.assign(values);
        detector const find{m, {.thresholds = {0.5}, .smallest_face = 20, .looks = 10}};
        for (auto const& face : find(squares(160, 240, {{30, 40, 28, 28}}))) BOOST_TEST(std::isfinite(face.box.area()));
    }
    box const wide{0, 0, 1e9f, 1e9f};
    image::placement window{{0, 0}, 1000, 0, false};
    for (int i = 0; i < 40; ++i) window = detect::calibrated(window, wide, 1.6f);
    BOOST_TEST(image::can_be_cut(window));
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_refused) {
    model<net, float, backend::eigen> m{seed{7}, backend::eigen{1}};
    auto const refused = [&](detector_options const& o) { BOOST_CHECK_THROW((detector{m, o}), option_error); };
    refused({.thresholds = {0.5}});
    refused({.thresholds = {0.5, 1.5}});
    refused({.smallest_face = 0});
    refused({.smallest_face = 40, .largest_face = 30});
    refused({.factor = 1});
    refused({.context = 0});
    refused({.looks = 0});
    refused({.most_candidates = -1});
    refused({.batch = 0});
    BOOST_CHECK_NO_THROW(detector{m});
}

BOOST_AUTO_TEST_SUITE_END()
