// SPDX-License-Identifier: MIT
#include "../model/allocations.hpp"
#include "photos.hpp"

#include <mcfa/backend/eigen.hpp>
#include <mcfa/cascade/cascade.hpp>
#include <mcfa/core/array.hpp>
#include <mcfa/detect/detector.hpp>
#include <mcfa/image/frame.hpp>
#include <mcfa/image/window_predictor.hpp>
#include <mcfa/layer/block.hpp>
#include <mcfa/layer/conv.hpp>
#include <mcfa/layer/dense.hpp>
#include <mcfa/layer/flatten.hpp>
#include <mcfa/layer/pool.hpp>
#include <mcfa/layer/relu.hpp>
#include <mcfa/model/model.hpp>
#include <mcfa/model/predictor.hpp>
#include <mcfa/task/face_box.hpp>
#include <mcfa/task/landmarks.hpp>

#include <boost/test/unit_test.hpp>

#include <thread>
#include <vector>

using namespace mcfa;

/// What is seen of memory in frames of one size, after the first two.
BOOST_AUTO_TEST_SUITE(warm_frames)

namespace {

struct tasks : heads<face_class, face_box, landmarks<5>> {};
struct swept : stage<input<12>, conv<4, conv_options{.kernel = 3, .pad = 0}>, relu, max_pool<2>,
                     conv<6, conv_options{.kernel = 5, .pad = 0}>, relu> {};
struct padded : stage<input<12>, vgg_block<4, 1>, conv<6, conv_options{.kernel = 6, .pad = 0}>, relu> {};
struct large : stage<input<24>, vgg_block<8, 1>, flatten, dense<16>, relu> {};
struct larger : stage<input<30>, vgg_block<8, 1>, flatten, dense<16>, relu> {}; // from which 24 is no whole step
struct exact_net : cascade<tasks, swept, large, larger> {};
struct padded_net : cascade<tasks, padded, large> {};
struct flat_net : cascade<tasks, large> {}; // its first stage cannot be swept

template <class Net>
void expect_no_allocations(detector_options options, image::frame const& frame) {
    for (int const threads : {1, 2}) {
        model<Net, float, backend::eigen> const m{seed{7}, backend::eigen{.threads = threads}};
        detector const find{m, options};
        auto const expected = find(frame);
        BOOST_REQUIRE(!expected.empty());
        std::vector<typename decltype(find)::face> faces;
        for (int i = 0; i < 2; ++i) find.into(faces, frame);
        detection_limits_met met;
        long const before = test::allocations;
        for (int i = 0; i < 3; ++i) find.into(faces, frame, &met);
        BOOST_TEST(test::allocations - before == 0);
        std::vector<typename decltype(find)::face> const again = find(frame);
        BOOST_TEST(test::allocations - before == 1); // the vector that is returned
        BOOST_REQUIRE(faces.size() == expected.size());
        for (std::size_t i = 0; i < faces.size(); ++i) {
            BOOST_TEST((faces[i].box == expected[i].box));
            BOOST_TEST((faces[i].predicted.logits == expected[i].predicted.logits));
            BOOST_TEST((again[i].predicted.logits == expected[i].predicted.logits));
        }
    }
}

detector_options const some{.thresholds = {0.3, 0.3, 0.3}, .smallest_face = 12, .most_candidates = 60, .batch = 5};

} // namespace

BOOST_AUTO_TEST_CASE(a_swept_frame_allocates_nothing) {
    auto const photo = noise(80, 100);
    image::frame const bgr{photo.data(), 80, 100, 300, image::pixel_order::bgr};
    for (image::frame const& frame : {image::frame(photo), bgr}) {
        expect_no_allocations<exact_net>(some, frame);
        auto options = some;
        options.looks = 2;
        options.mirror = options.turned = true;
        expect_no_allocations<exact_net>(options, frame);
    }
}

BOOST_AUTO_TEST_CASE(a_frame_that_is_swept_with_padding_allocates_nothing) {
    auto options = some;
    options.thresholds = {0.3, 0.3};
    expect_no_allocations<padded_net>(options, noise(80, 100));
}

BOOST_AUTO_TEST_CASE(a_frame_that_is_scanned_allocates_nothing) {
    auto options = some;
    options.thresholds = {0.3};
    expect_no_allocations<flat_net>(options, noise(60, 80));
}

BOOST_AUTO_TEST_CASE(another_thread_allocates_in_its_first_frame_alone) {
    model<exact_net, float, backend::eigen> const m{seed{7}, backend::eigen{1}};
    detector const find{m, some};
    auto const photo = noise(80, 100);
    image::frame const frame(photo);
    std::vector<decltype(find)::face> faces;
    find.into(faces, frame);
    std::thread([&] {
        find.into(faces, frame);
        long const before = test::allocations;
        find.into(faces, frame);
        BOOST_TEST(test::allocations - before == 0);
    }).join();
}

BOOST_AUTO_TEST_CASE(a_warm_predictor_allocates_nothing) {
    model<exact_net, float, backend::eigen> const m{seed{7}, backend::eigen{1}};
    predictor judge{m, {0.2f, 0.2f, 0.2f}, 4};
    std::vector<array<float, 4>> windows;
    for (auto const& stage : exact_net::stages) {
        auto const side = static_cast<std::size_t>(stage.side);
        windows.push_back(array<float, 4>::from_shape({6, side, side, 3}));
        for (std::size_t i = 0; i < windows.back().size(); ++i) windows.back().data()[i] = static_cast<float>(i * i % 17) / 17 - 0.5f;
    }
    std::vector<decltype(judge)::result> results;
    judge.into(results, windows, 6);
    auto const first = results;
    long const before = test::allocations;
    judge.into(results, windows, 6);
    judge.into(results, windows[0], windows[1], windows[2]);
    BOOST_TEST(test::allocations - before == 0);
    for (std::size_t i = 0; i < 6; ++i) BOOST_TEST((results[i].logits == first[i].logits));
}

BOOST_AUTO_TEST_CASE(a_warm_window_predictor_allocates_nothing) {
    model<exact_net, float, backend::eigen> const m{seed{7}, backend::eigen{1}};
    image::window_predictor judge{m, {}, 2};
    auto const photo = noise(80, 100);
    std::vector<image::placement> const windows{{{40, 40}, 30, 0, false}, {{50, 40}, 50, 0.5f, false}, {{60, 20}, 90, 0, true}};
    std::vector<decltype(judge)::result> results;
    judge.into(results, photo, windows);
    float const probability = judge(photo, windows[2]).get<face_class>();
    BOOST_TEST(probability == results[2].get<face_class>());
    long const before = test::allocations;
    judge.into(results, photo, windows);
    judge(photo, windows[1]);
    BOOST_TEST(test::allocations - before == 0);
}

BOOST_AUTO_TEST_SUITE_END()
