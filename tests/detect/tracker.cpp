// SPDX-License-Identifier: MIT
#include "../model/allocations.hpp"
#include "bright_faces.hpp"

#include <mcfa/backend/eigen.hpp>
#include <mcfa/cascade/cascade.hpp>
#include <mcfa/core/error.hpp>
#include <mcfa/core/random.hpp>
#include <mcfa/detect/tracker.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <map>
#include <set>
#include <vector>

using namespace mcfa;

BOOST_AUTO_TEST_SUITE(tracking)

namespace {

/// As `bright_net`, but its box lies about the middle of what is bright: two more channels of the convolution measure how far that lies to the right
/// and down, 5 if in the middle and more by 10 for a window's side.
struct centred : stage<input<16>, average_pool<2>, conv<3, conv_options{.kernel = 8, .pad = 0}>, relu> {};
struct centred_net : cascade<bright_tasks, centred> {};

model<centred_net, float, backend::eigen> centred_model() {
    model<centred_net, float, backend::eigen> made{seed{1}, backend::eigen{1}};
    auto values = made.values();
    std::fill(values.begin(), values.end(), 0.0f);
    for (auto const& t : made.tensors()) {
        float* const v = values.data() + t.first;
        if (t.name == "centred.conv1.weight")
            for (int c = 0; c < 3; ++c)
                for (int y = 0; y < 8; ++y)
                    for (int x = 0; x < 8; ++x) {
                        bool const middle = y > 1 && y < 6 && x > 1 && x < 6;
                        float const right = static_cast<float>(x) - 3.5f, down = static_cast<float>(y) - 3.5f;
                        auto const at = [&](int channel) -> float& { return v[((channel * 3 + c) * 8 + y) * 8 + x]; };
                        at(0) = middle ? 1.0f / 48 : -1.0f / 144;
                        at(1) = right / 120; // a square of 5 x 5 that lies one to the right, an eighth of the side, gives 3 * 2 * 25 / 120
                        at(2) = down / 120;
                    }
        if (t.name == "centred.conv1.bias") v[1] = v[2] = 5;
        if (t.name == "centred.face.weight") v[3] = 8; // a row for each logit: background, face
        if (t.name == "centred.face.bias") v[1] = -11;
        if (t.name == "centred.box.weight") v[1] = 1, v[3 + 2] = 1; // left, top
        if (t.name == "centred.box.bias") v[0] = v[1] = to_tenths(0.1875f) - 5, v[2] = v[3] = to_tenths(0.625f);
    }
    made.assign(values);
    return made;
}

auto const m = centred_model();
detector_options const how{.thresholds = {0.5}, .smallest_face = 30};

template <class Faces>
std::vector<std::size_t> numbers(Faces const& faces) {
    std::vector<std::size_t> all;
    for (auto const& f : faces) all.push_back(f.number);
    return all;
}

} // namespace

BOOST_AUTO_TEST_CASE(bands_of_a_photo_propose_what_the_whole_proposes) {
    detector const find{m, how};
    auto const photo = squares(160, 200, {{20, 12, 40, 40}, {120, 50, 44, 44}, {40, 100, 36, 36}});
    auto const whole = find(photo);
    BOOST_TEST(whole.size() == 3u);
    for (int count : {1, 3, 7}) {
        std::size_t found = 0;
        for (auto const& expected : whole) {
            bool seen = false;
            for (int i = 0; i < count; ++i)
                for (auto const& f : find.part(photo, i, count)) seen = seen || iou(f.box, expected.box) > 0.7f;
            found += seen;
        }
        BOOST_TEST(found == whole.size());
    }
    BOOST_CHECK_THROW(find.part(photo, 3, 3), option_error);
    BOOST_CHECK_THROW(find.part(photo, -1, 3), option_error);
    for (int count : {1, 2, 5, 100}) { // each window is of one band
        auto const level = detect::level_for(40, 1.6, 16, 2, 160, 200);
        int rows = 0;
        for (int i = 0; i < count; ++i) {
            auto const part = detect::rows_in({i, count}, level);
            BOOST_TEST(part.top == level.top + rows * level.stride);
            rows += part.rows;
        }
        BOOST_TEST(rows == level.rows);
    }
}

BOOST_AUTO_TEST_CASE(faces_keep_their_numbers_while_they_move) {
    detector const find{m, how};
    tracker follow{find, {.sweep_frames = 4}};
    for (int i = 0; i < 30; ++i) {
        auto const at = static_cast<float>(i);
        auto const faces = follow(squares(160, 240, {{20 + 3 * at, 20, 40, 40}, {180 - 3 * at, 100, 40, 40}}));
        BOOST_TEST_CONTEXT("frame " << i) {
            BOOST_REQUIRE(faces.size() == 2u);
            BOOST_TEST(faces[0].number == 1u);
            BOOST_TEST(faces[1].number == 2u);
            BOOST_TEST(faces[0].frames == static_cast<std::size_t>(i) + 1);
            bool const first_is_upper = faces[0].box.centre().y < 80;
            auto const& upper = faces[first_is_upper ? 0 : 1];
            BOOST_TEST(std::abs(upper.box.centre().x - (40 + 3 * at)) < 9);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_new_face_is_found_within_a_sweep_and_a_lost_one_keeps_its_number_for_a_while) {
    detector const find{m, how};
    tracker follow{find, {.sweep_frames = 4, .patience = 6}};
    box const first{20, 20, 40, 40}, second{120, 90, 40, 40};
    BOOST_TEST(numbers(follow(squares(160, 200, {first}))) == std::vector<std::size_t>{1}, boost::test_tools::per_element());
    std::size_t frames = 0;
    while (frames < 10 && follow(squares(160, 200, {first, second})).size() < 2) ++frames;
    BOOST_TEST(frames < 4u);
    for (int i = 0; i < 3; ++i)
        BOOST_TEST(numbers(follow(squares(160, 200, {first}))) == std::vector<std::size_t>{1}, boost::test_tools::per_element());
    std::vector<std::size_t> seen; // the second face is back: judged where it was
    for (int i = 0; i < 4; ++i) seen = numbers(follow(squares(160, 200, {first, second})));
    std::vector<std::size_t> const both{1, 2};
    BOOST_TEST(seen == both, boost::test_tools::per_element());
    for (int i = 0; i < 8; ++i) follow(squares(160, 200, {first})); // longer than its number is kept
    for (int i = 0; i < 5; ++i) seen = numbers(follow(squares(160, 200, {first, second})));
    std::vector<std::size_t> const other{1, 3};
    BOOST_TEST(seen == other, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_face_that_jumps_away_and_is_found_near_by_keeps_its_number) {
    detector const find{m, how};
    tracker follow{find, {.sweep_frames = 3, .reach = 1.5f}};
    follow(squares(160, 200, {{20, 20, 40, 40}}));
    std::vector<std::size_t> seen;
    for (int i = 0; i < 4; ++i) seen = numbers(follow(squares(160, 200, {{70, 40, 40, 40}})));
    BOOST_TEST(seen == std::vector<std::size_t>{1}, boost::test_tools::per_element());
    for (int i = 0; i < 4; ++i) seen = numbers(follow(squares(160, 200, {{150, 110, 40, 40}})));
    BOOST_TEST(seen == std::vector<std::size_t>{2}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(restart_sweeps_whole_and_gives_new_numbers) {
    detector const find{m, how};
    tracker follow{find, {.sweep_frames = 50}};
    auto const photo = squares(160, 200, {{20, 20, 40, 40}, {120, 90, 40, 40}});
    BOOST_TEST(follow(photo).size() == 2u);
    follow.restart();
    std::vector<std::size_t> const others{3, 4};
    BOOST_TEST(numbers(follow(photo)) == others, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_warm_frame_allocates_nothing) {
    detector const find{m, how};
    for (bool const mirror : {false, true}) {
        tracker follow{find, {.sweep_frames = 4, .mirror = mirror}};
        std::vector<decltype(follow)::face> faces;
        auto const photo_at = [](float at) { return squares(160, 240, {{20 + 3 * at, 20, 40, 40}, {180 - 3 * at, 100, 40, 40}}); };
        for (int i = 0; i < 8; ++i) follow.into(faces, photo_at(static_cast<float>(i)));
        for (int i = 8; i < 16; ++i) {
            auto const photo = photo_at(static_cast<float>(i));
            image::frame const frame(photo);
            long const before = test::allocations;
            follow.into(faces, frame);
            BOOST_TEST(test::allocations - before == 0);
            BOOST_TEST(faces.size() == 2u);
        }
    }
}

BOOST_AUTO_TEST_CASE(filter_stills_what_trembles_and_follows_what_moves) {
    detect::one_euro<1> filter;
    detect::one_euro_options const o;
    random_stream random{7};
    double raw = 0, smooth = 0, last_raw = 0, last_smooth = 0;
    for (int i = 0; i < 400; ++i) { // a place that trembles by half a hundredth of the face
        float const noisy = 100 + static_cast<float>(random.uniform(0, 1) - 0.5);
        std::array<float, 1> value{noisy};
        filter(value, 100, o);
        if (i > 50) raw += std::abs(static_cast<double>(noisy) - last_raw), smooth += std::abs(static_cast<double>(value[0]) - last_smooth);
        last_raw = static_cast<double>(noisy), last_smooth = static_cast<double>(value[0]);
    }
    BOOST_TEST(smooth < raw / 2);
    for (int i = 1; i <= 40; ++i) { // a tenth of the face a frame
        std::array<float, 1> value{100 + 10 * static_cast<float>(i)};
        filter(value, 100, o);
        if (i > 10) BOOST_TEST(std::abs(value[0] - (100 + 10 * static_cast<float>(i))) < 6);
    }
    filter = {}; // begins anew
    std::array<float, 1> fresh{3};
    filter(fresh, 100, o);
    BOOST_TEST(fresh[0] == 3);
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_refused_by_name) {
    detector const find{m, how};
    auto const refused = [&](tracker_options options, char const* name) {
        try {
            tracker follow{find, options};
            return false;
        } catch (option_error const& problem) {
            return std::string(problem.what()).find(name) != std::string::npos;
        }
    };
    BOOST_TEST(tracker_options{}.sweep_frames == 10); // as docs/use.md says
    BOOST_TEST(refused({.sweep_frames = 0}, "sweep_frames"));
    BOOST_TEST(refused({.keep = 1.5f}, "keep"));
    BOOST_TEST(refused({.patience = -1}, "patience"));
    BOOST_TEST(refused({.reach = -1}, "reach"));
    BOOST_TEST(refused({.filter = {.cutoff = 0}}, "filter.cutoff"));
}

BOOST_AUTO_TEST_SUITE_END()
