// SPDX-License-Identifier: MIT
// Threshold control: which windows go on, and that those which do are none the worse for the company they lost.
#include "expect_error.hpp"
#include "tiny_net.hpp"

#include <mcfa/backend/eigen.hpp>
#include <mcfa/core/array_views.hpp>
#include <mcfa/model/predictor.hpp>
#include <mcfa/model/tensor_view.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <thread>

using namespace mcfa;
using namespace mcfa::test;

namespace {

using tiny_model = model<tiny_net, float, backend::eigen>;
constexpr std::size_t count = 11;

tiny_model trained_model() {
    tiny_model m{seed{3}, backend::eigen{.threads = 1}};
    disturb(m, 4);
    return m;
}

using results = std::vector<prediction<tasks>>;

bool close(prediction<tasks> const& a, prediction<tasks> const& b) {
    for (std::size_t i = 0; i < a.logits.size(); ++i)
        if (!(std::abs(a.logits[i] - b.logits[i]) < 1e-5f)) return false;
    return a.stage == b.stage;
}

/// Between the probabilities of a face, so that `keep` windows reach it.
float threshold_for(results const& all, std::size_t keep) {
    std::vector<float> faces;
    for (auto const& r : all) faces.push_back(r.get<face_class>());
    std::sort(faces.rbegin(), faces.rend());
    return (faces[keep - 1] + faces[keep]) / 2;
}

} // namespace

BOOST_AUTO_TEST_SUITE(model_predictor)

BOOST_AUTO_TEST_CASE(thresholds_decide_who_goes_on_and_nothing_else) {
    auto const m = trained_model();
    auto const windows = noisy_batch<tiny_net>(count, 9);
    results const all = predictor{m}(windows, count);
    results const coarse = predictor{m}(windows, count, 1);
    float const first = threshold_for(coarse, 7), second = threshold_for(all, 4);
    for (std::size_t const capacity : {1u, 3u, 32u}) {
        results const found = predictor{m, {first, second}, capacity}(windows, count);
        std::size_t stopped = 0, passed = 0;
        for (std::size_t i = 0; i < count; ++i) {
            bool const goes_on = coarse[i].get<face_class>() >= first;
            BOOST_TEST(close(found[i], goes_on ? all[i] : coarse[i]), "window " << i);
            BOOST_TEST(found[i].stage == (goes_on ? 1 : 0));
            BOOST_TEST(found[i].passed == (goes_on && all[i].get<face_class>() >= second));
            stopped += !goes_on;
            passed += found[i].passed;
        }
        BOOST_TEST(stopped == 4u);
        BOOST_TEST(passed > 0u);
        BOOST_TEST(passed <= 4u);
    }
}

BOOST_AUTO_TEST_CASE(without_thresholds_everything_passes_and_ones_stop_everything) {
    auto const m = trained_model();
    auto const windows = noisy_batch<tiny_net>(count, 9);
    for (auto const& r : predictor{m}(windows, count)) BOOST_TEST((r.passed && r.stage == 1));
    for (auto const& r : predictor{m, {1, 1}}(windows, count)) BOOST_TEST((!r.passed && r.stage == 0));
    for (auto const& r : predictor{m, {0, 1}}(windows, count)) BOOST_TEST((!r.passed && r.stage == 1));
    BOOST_TEST(predictor{m}(windows, 0).empty());
    auto const some = predictor{m}({windows[0]}, 3, 1); // the coarse stage alone needs its own windows only
    for (auto const& r : some) BOOST_TEST((r.passed && r.stage == 0));
}

BOOST_AUTO_TEST_CASE(a_probability_that_is_not_a_number_passes_no_threshold) {
    auto const m = trained_model();
    auto windows = noisy_batch<tiny_net>(3, 9);
    for (auto& of_stage : windows)
        for (std::size_t i = 0; i < of_stage.size() / 3; ++i) of_stage.data()[of_stage.size() / 3 + i] = std::nanf(""); // window 1
    for (auto const& thresholds : {std::vector<float>{}, {0, 0}, {0.01f, 0.01f}}) {
        auto const found = predictor{m, thresholds}(windows, 3);
        BOOST_TEST(std::isnan(found[1].get<face_class>()));
        BOOST_TEST((found[0].passed && !found[1].passed && found[2].passed));
    }
}

BOOST_AUTO_TEST_CASE(expressions_and_adapted_memory_are_windows_too) {
    auto const m = trained_model();
    auto const windows = noisy_batch<tiny_net>(count, 9);
    results const expected = predictor{m}(windows, count);
    predictor find{m, {}, 4};
    auto const agrees = [&](results const& found, std::size_t first) {
        for (std::size_t i = 0; i < found.size(); ++i) BOOST_TEST(close(found[i], expected[first + i]), "window " << i);
    };
    agrees(find(windows[0], windows[1]), 0);
    auto const memory = [&](std::size_t j) { return adapted<4>(windows[j].data(), windows[j].shape()); };
    agrees(find(memory(0), memory(1)), 0);
    auto const some = find(xt::view(windows[0], xt::range(2, 7), xt::all(), xt::all(), xt::all()), xt::view(windows[1], xt::range(2, 7)));
    BOOST_TEST(some.size() == 5u);
    agrees(some, 2);
    agrees(find(windows[0] * 1.0f, windows[1] + 0.0f), 0); // lazy
    auto const wide = xt::view(windows[0], xt::all(), xt::range(0, 7));
    expect_error<shape_error>([&] { find(wide, windows[1]); }, "stage small takes windows of 3x8x8");
    expect_error<shape_error>([&] { find(windows[0], xt::view(windows[1], xt::range(0, 3))); }, "is given 3 windows, the first stage 11");
    expect_error<shape_error>([&] { find(xt::view(windows[0], 1)); }, "an array of rank 3, expected rank 4");
    auto const coarse = find(windows[0]);
    for (auto const& r : coarse) BOOST_TEST(r.stage == 0);
}

BOOST_AUTO_TEST_CASE(a_workspace_takes_expressions_and_shows_its_valid_rows) {
    auto const m = trained_model();
    auto const windows = noisy_batch<tiny_net>(count, 9);
    prepared_model<float, backend::eigen> const ready(m, count);
    workspace<float, backend::eigen> w(m, count + 5, purpose::inference);
    results const expected = predictor{m}(windows, count, 1);
    w.load(0, xt::view(windows[0], xt::range(0, 6)), 6);
    forward_stage(ready, w, 0, 6);
    auto const logits = adapted(w.logits(0, 6));
    BOOST_TEST(logits.shape()[0] == 6u);
    BOOST_TEST(logits.shape()[1] == static_cast<std::size_t>(tasks::length));
    for (std::size_t i = 0; i < 6; ++i)
        for (std::size_t k = 0; k < logits.shape()[1]; ++k) BOOST_TEST(std::abs(logits(i, k) - expected[i].logits[k]) < 1e-5f);
    BOOST_TEST(w.feature(0, 6).extent(1) == static_cast<std::size_t>(tiny_net::stages[0].feature));
    expect_error<shape_error>([&] { w.load(0, windows[1], 2); }, "stage small takes up to 16 windows");
}

BOOST_AUTO_TEST_CASE(tensors_are_seen_in_place_by_name) {
    auto m = trained_model();
    tensor_info const& first = m.tensors().front();
    BOOST_REQUIRE(first.spec.rank == 4);
    auto weights = tensor_view<4>(m, first.name);
    for (std::size_t d = 0; d < 4; ++d) BOOST_TEST(weights.shape()[d] == static_cast<std::size_t>(first.spec.dims[d]));
    BOOST_TEST(weights(0, 0, 0, 1) == m.values()[first.first + 1]);
    weights *= 2.0f;
    BOOST_TEST(weights(0, 0, 0, 1) == m.values()[first.first + 1]);
    auto const& fixed = m;
    BOOST_TEST(tensor_view<4>(fixed, first.name)(0, 0, 0, 1) == weights(0, 0, 0, 1));
    expect_error<shape_error>([&] { tensor_view<2>(m, first.name); }, "has rank 4, requested as rank 2");
    expect_error<shape_error>([&] { tensor_view<4>(m, "small.nothing"); }, "no tensor small.nothing");
}

BOOST_AUTO_TEST_CASE(logits_read_as_tasks) {
    prediction<tasks> p;
    for (std::size_t i = 0; i < p.logits.size(); ++i) p.logits[i] = 0.125f * static_cast<float>(i);
    BOOST_TEST(p.get<face_class>() == 1 / (1 + std::exp(-0.125f)));
    BOOST_TEST((p.get<face_box>() == box{from_tenths(0.25f), from_tenths(0.375f), from_tenths(0.625f),
                                         from_tenths(0.5f)})); // the net says left, top, height, width
    BOOST_TEST((p.get<landmarks<5>>()[4] == point{from_tenths(1.75f), from_tenths(1.875f)}));
    BOOST_TEST(p.attribute<"Smiling">() == 1 / (1 + std::exp(-2.0f)));
    BOOST_TEST(p.attribute<"Wearing_Hat">() == p.get<look>()[2]);
}

BOOST_AUTO_TEST_CASE(an_attribute_is_said_above_its_threshold) {
    auto m = trained_model();
    auto const windows = noisy_batch<tiny_net>(count, 9);
    for (auto const& r : predictor{m}(windows, count)) BOOST_TEST(r.says<"Eyeglasses">() == (r.attribute<"Eyeglasses">() > 0.5f));
    m.set_attribute_thresholds({0, 1, 0.5});
    for (auto const& r : predictor{m}(windows, count)) {
        BOOST_TEST(r.says<"Smiling">());
        BOOST_TEST(!r.says<"Eyeglasses">());
        BOOST_TEST(r.says<"Wearing_Hat">() == (r.attribute<"Wearing_Hat">() > 0.5f));
    }
}

BOOST_AUTO_TEST_CASE(wrong_thresholds_and_arrays_are_refused) {
    auto const m = trained_model();
    using tested = predictor<tiny_model>;
    expect_error<option_error>([&] { tested{m, {0.5f}}; }, "has 2 stages, given 1");
    expect_error<option_error>([&] { tested{m, {0.5f, 0.5f, 0.5f}}; }, "given 3");
    expect_error<option_error>([&] { tested{m, {0.5f, 1.5f}}; }, "1.5");
    expect_error<option_error>([&] { tested{m, {0.5f, std::nanf("")}}; }, "nan");
    expect_error<option_error>([&] { tested{m, {}, 0}; }, "capacity");
    auto const windows = noisy_batch<tiny_net>(4, 9);
    expect_error<shape_error>([&] { tested{m}({windows[0]}, 4); }, "2 stages");
    expect_error<shape_error>([&] { tested{m}({windows[1], windows[0]}, 4); }, "stage small takes windows of 3x8x8");
    expect_error<shape_error>([&] { tested{m}(windows, 5); }, "no such window number 4");
}

BOOST_AUTO_TEST_CASE(threads_share_one_model) {
    auto const m = trained_model();
    auto const windows = noisy_batch<tiny_net>(count, 9);
    results const alone = predictor{m, {0.5f, 0.5f}, 4}(windows, count);
    std::vector<results> found(4);
    std::vector<std::thread> threads;
    for (auto& r : found)
        threads.emplace_back([&] {
            predictor each{m, {0.5f, 0.5f}, 4};
            for (int repeat = 0; repeat < 20; ++repeat) r = each(windows, count);
        });
    for (auto& t : threads) t.join();
    for (auto const& r : found)
        for (std::size_t i = 0; i < count; ++i)
            BOOST_TEST((r[i].logits == alone[i].logits && r[i].stage == alone[i].stage && r[i].passed == alone[i].passed));
}

BOOST_AUTO_TEST_SUITE_END()
