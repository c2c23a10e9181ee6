// SPDX-License-Identifier: MIT
#include "photos.hpp"

#include <mcfa/backend/eigen.hpp>
#include <mcfa/backend/reference.hpp>
#include <mcfa/cascade/cascade.hpp>
#include <mcfa/detect/judge/judge.hpp>
#include <mcfa/detect/propose/sweep.hpp>
#include <mcfa/layer/dense.hpp>
#include <mcfa/layer/flatten.hpp>
#include <mcfa/model/predictor.hpp>
#include <mcfa/task/face_box.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <vector>

using namespace mcfa;

BOOST_AUTO_TEST_SUITE(judging)

namespace {

struct tasks : heads<face_class, face_box> {};
struct first : stage<input<12>, conv<8, conv_options{.kernel = 3, .pad = 0}>, relu, max_pool<2>,
                     conv<6, conv_options{.kernel = 5, .pad = 0}>, relu> {};
struct second : stage<input<24>, conv<4>, relu, max_pool<2>, flatten, dense<8>, relu> {};
struct third : stage<input<24>, conv<4>, relu, max_pool<2>, flatten, dense<8>, relu> {};
struct net : cascade<tasks, first, second, third> {};

std::vector<image::placement> some_windows() {
    std::vector<image::placement> all;
    for (int i = 0; i < 11; ++i) all.push_back({{8.0f + 3.5f * static_cast<float>(i), 20}, 18.0f + static_cast<float>(i), 0, false});
    return all;
}

} // namespace

BOOST_AUTO_TEST_CASE(windows_in_batches_are_those_of_the_predictor) {
    model<net, float, backend::reference> const m{seed{3}};
    prepared_model const ready{m};
    auto const photo = noise(40, 60);
    auto const all = some_windows();
    image::window_cutter cutter(net::info, all.size());
    for (std::size_t stages = 1; stages <= net::count; ++stages) {
        for (std::size_t i = 0; i < all.size(); ++i) cutter.fill(photo, all[i], i, stages);
        predictor alone{m};
        auto const expected = alone(cutter.windows(), all.size(), stages);
        for (std::size_t const batch : {1u, 4u, 32u}) {
            detect::judge<float, backend::reference> judge(ready, batch);
            std::size_t next = 0;
            judge.windows(photo, all, stages, [&](std::size_t i, std::span<float const> logits) {
                BOOST_TEST(i == next++);
                for (std::size_t k = 0; k < logits.size(); ++k) BOOST_TEST(std::abs(logits[k] - expected[i].logits[k]) < 1e-4f);
            });
            BOOST_TEST(next == all.size());
        }
    }
}

/// The feature that the sweep leaves at a place stands in for the first stage on the window there.
BOOST_AUTO_TEST_CASE(kept_features_stand_in_for_the_first_stage) {
    using model_type = model<net, float, backend::eigen>;
    model_type const m{seed{3}, backend::eigen{1}};
    prepared_model const ready{m, 1, weights_form::fast, first_stage_sees::planes};
    auto const photo = noise(60, 80);
    detect::sweep<model_type> sweep(ready);
    detect::level on = detect::level_for(15, 1.6, sweep.side, sweep.stride, 60, 80);
    on.step = 2; // whole steps, so that level and cut window are the same pixels
    on.left = on.top = 3;
    on.rows = on.columns = 5;
    std::vector<detect::proposal<float>> all;
    std::vector<image::placement> windows;
    detect::photo_sizes sizes;
    sizes.show(photo);
    std::vector<std::vector<float>> features;
    features.reserve(25); // proposals refer to them
    sweep(sizes, on, 0, [&](int row, int column, float p, std::span<float const> feature) {
        features.emplace_back(feature.begin(), feature.end());
        all.push_back({p, on.window(row, column), features.back()});
        windows.push_back(all.back().window);
    });
    BOOST_REQUIRE(all.size() == 25u);
    detect::judge<float, backend::eigen> judge(ready, 4);
    for (std::size_t const stages : {2u, 3u}) {
        std::vector<std::vector<float>> kept, afresh;
        judge.swept(photo, all, stages, [&](std::size_t, std::span<float const> z) { kept.emplace_back(z.begin(), z.end()); });
        judge.windows(photo, windows, stages, [&](std::size_t, std::span<float const> z) { afresh.emplace_back(z.begin(), z.end()); });
        BOOST_REQUIRE(kept.size() == afresh.size());
        for (std::size_t i = 0; i < kept.size(); ++i)
            for (std::size_t k = 0; k < kept[i].size(); ++k) BOOST_TEST(std::abs(kept[i][k] - afresh[i][k]) < 1e-3f);
    }
    auto spoilt = all;
    std::vector<float> spoilt_feature = features[0];
    for (float& v : spoilt_feature) v += 100;
    spoilt[0].feature = spoilt_feature;
    std::vector<std::vector<float>> seen;
    auto const note = [&](std::size_t, std::span<float const> z) { seen.emplace_back(z.begin(), z.end()); };
    judge.swept(photo, std::span(spoilt).first(1), 2, note);
    judge.swept(photo, std::span(all).first(1), 2, note);
    BOOST_TEST(std::abs(seen[0][0] - seen[1][0]) > 1e-2f);
}

BOOST_AUTO_TEST_SUITE_END()
