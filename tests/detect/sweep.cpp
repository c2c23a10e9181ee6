// SPDX-License-Identifier: MIT
#include "photos.hpp"

#include <mcfa/backend/eigen_bfloat16.hpp>
#include <mcfa/backend/eigen_int8.hpp>
#include <mcfa/backend/reference.hpp>
#include <mcfa/cascade/cascade.hpp>
#include <mcfa/core/random.hpp>
#include <mcfa/detect/propose/scan.hpp>
#include <mcfa/detect/propose/sweep.hpp>
#include <mcfa/layer/dense.hpp>
#include <mcfa/layer/flatten.hpp>
#include <mcfa/layer/residual.hpp>
#include <mcfa/model/calibrate.hpp>
#include <mcfa/task/face_box.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <tuple>
#include <type_traits>
#include <vector>

using namespace mcfa;

BOOST_AUTO_TEST_SUITE(sweeping)

namespace {

struct tasks : heads<face_box, face_class> {}; // the face's logits are not the first
template <int Channels, int Kernel, int Stride = 1>
using bare = conv<Channels, conv_options{.kernel = Kernel, .stride = Stride, .pad = 0}>;

struct stride_1_stage : stage<input<9>, bare<4, 3>, relu, bare<5, 7>, prelu> {};
struct stride_2_stage : stage<input<12>, bare<16, 3>, batch_norm, relu, bare<12, 3>, max_pool<2>, bare<6, 4>> {};
struct stride_3_stage : stage<input<16>, bare<4, 4, 3>, prelu, dropout<30>, bare<6, 5>> {};
struct stride_4_stage : stage<input<21>, bare<4, 3>, max_pool<2>, relu, average_pool<3, 2>, bare<6, 4>> {};
struct stride_8_stage : stage<input<24>, max_pool<2>, bare<3, 2, 2>, max_pool<2>, bare<6, 3>, relu> {};
struct separable_stage : stage<input<13>, bare<6, 3>, swish, depthwise_conv<depthwise_options{.stride = 2, .pad = 0}>, hard_swish,
                               bare<8, 1>, gelu, depthwise_conv<depthwise_options{.pad = 0, .dilation = 2}>, sigmoid> {};
struct grouped_stage : stage<input<15>, bare<6, 3>, relu, conv<8, conv_options{.stride = 2, .pad = 0, .groups = 2}>, swish,
                             conv<6, conv_options{.pad = 0, .groups = 2, .dilation = 2}>, relu, bare<5, 2>> {};
struct joined_stage : stage<input<13>, bare<6, 3>, residual<bare<8, 1>, swish, bare<6, 1>>, relu, max_pool<2>,
                            residual<relu, bare<6, 1>, residual<prelu>, batch_norm>, bare<8, 5>, residual<bare<8, 1>>, sigmoid> {};
struct padded_joined_stage : stage<input<16>, residual<conv<3>>, max_pool<2>, conv<6>, residual<conv<6>, relu, conv<6>>, relu, bare<6, 8>> {
};
struct strided_joined_stage : stage<input<9>, bare<4, 9>, residual<bare<4, 1, 2>>> {};
struct padded_stage : stage<input<24>, vgg_block<12, 2>, vgg_block<12, 1>, bare<6, 6>, relu> {};
struct flat_stage : stage<input<12>, conv<4>, relu, max_pool<2>, flatten, dense<6>, relu> {};
struct pooled_stage : stage<input<12>, conv<4>, relu, global_average_pool> {};

template <class Stage>
struct of_one : cascade<tasks, Stage> {};

template <class Stage, class B>
using model_of = model<of_one<Stage>, float, B>;

/// Probability of a face and feature at every place of a level.
struct grid {
    std::vector<float> probabilities;
    std::vector<std::vector<double>> features;
};

template <class Sweep>
grid swept(Sweep&& sweep, image::pixels const& photo, detect::level const& on) {
    auto const places = static_cast<std::size_t>(on.rows * on.columns);
    grid found{std::vector<float>(places, -1), std::vector<std::vector<double>>(places)};
    detect::photo_sizes sizes;
    sizes.show(photo);
    sweep(sizes, on, 0.0f, [&](int row, int column, float probability, auto feature) {
        auto const at = static_cast<std::size_t>(row * on.columns + column);
        BOOST_TEST(found.probabilities.at(at) == -1.0f); // every place once
        found.probabilities[at] = probability;
        found.features[at].assign(feature.begin(), feature.end());
    });
    return found;
}

/// Features within `allowed` of the largest, probabilities within a tenth of it.
void expect_close(grid const& a, grid const& b, double allowed = 1e-4) {
    float lowest = 1, highest = 0, worst = 0;
    double furthest = 0, largest = 0;
    for (std::size_t i = 0; i < a.probabilities.size(); ++i) {
        worst = std::max(worst, std::abs(a.probabilities[i] - b.probabilities[i]));
        lowest = std::min(lowest, a.probabilities[i]);
        highest = std::max(highest, a.probabilities[i]);
        BOOST_TEST_REQUIRE(a.features[i].size() == b.features[i].size());
        for (std::size_t k = 0; k < a.features[i].size(); ++k) {
            furthest = std::max(furthest, std::abs(a.features[i][k] - b.features[i][k]));
            largest = std::max(largest, std::abs(a.features[i][k]));
        }
    }
    BOOST_TEST(worst < 0.1 * allowed);
    BOOST_TEST(furthest < allowed * largest);
    BOOST_TEST(largest > 0);
    BOOST_TEST(lowest > 0);
    if (a.probabilities.size() > 4) BOOST_TEST(highest - lowest > 1e-3f); // the comparison says something
}

/// Parameters of some size, so that probabilities differ.
template <class Model>
Model lively() {
    using backend = typename Model::backend_type;
    auto const one_thread = [] { // planes are tiny here, and threads that wait for each other slow on a busy machine
        if constexpr (requires { backend{1}; }) return backend{1};
        else return backend{};
    }();
    Model m{seed{3}, one_thread};
    auto values = m.values();
    for (auto const& t : m.tensors())
        if (t.spec.role == parameter_role::weight && t.spec.deviation == 0.01)
            for (std::size_t i = 0; i < t.size(); ++i) values[t.first + i] *= 60;
    m.assign(values);
    return m;
}

/// The scan looks at every window by itself.
template <class Model, class Stored = typename Model::scalar>
void expect_sweep_is_scan(weights_form form = weights_form::fast, double allowed = 1e-4) {
    auto m = lively<Model>();
    if constexpr (std::is_same_v<Stored, int8>) {
        auto const side = static_cast<std::size_t>(m.net().stages[0].side);
        std::vector<array<float, 4>> windows{array<float, 4>({std::size_t{64}, side, side, std::size_t{3}})};
        random_stream random{5};
        for (float& v : windows[0]) v = static_cast<float>(random.uniform(-1, 1));
        m.set_quantisation(calibrate(m, windows, {.least_signal_to_noise = 0}));
    }
    prepared_model<typename Model::scalar, typename Model::backend_type, Stored> const ready{m, 1, form, first_stage_sees::planes};
    using sweep = detect::sweep<Model, Stored>;
    for (auto [height, width] : {std::pair{40, 61}, {25, 300}, {30, 30}})
        for (double const face : {10.0, 17.3, 25.0})
            for (std::size_t const tile : {std::size_t{1}, std::size_t{20000}, std::size_t{1} << 22}) {
                auto const photo = noise(height, width);
                auto const on = detect::level_for(face, 1.6, sweep::side, sweep::stride, height, width);
                expect_close(swept(sweep{ready, tile}, photo, on), swept(detect::scan<Model, Stored>{ready, 7}, photo, on), allowed);
            }
}

} // namespace

BOOST_AUTO_TEST_CASE(strides_follow_from_the_layers) {
    BOOST_TEST((detect::sweep<model_of<stride_1_stage, backend::eigen>>::stride == 1));
    BOOST_TEST((detect::sweep<model_of<stride_3_stage, backend::eigen>>::stride == 3));
    BOOST_TEST((detect::sweep<model_of<stride_8_stage, backend::eigen>>::stride == 8));
    BOOST_TEST(detect::first_footprint<of_one<padded_stage>>::slides);
    BOOST_TEST(!detect::first_footprint<of_one<flat_stage>>::slides);
    BOOST_TEST(!detect::first_footprint<of_one<pooled_stage>>::slides);
    BOOST_TEST(detect::first_footprint<of_one<joined_stage>>::slides);
    BOOST_TEST(!detect::first_footprint<of_one<strided_joined_stage>>::slides); // a sum on its own window alone
}

BOOST_AUTO_TEST_CASE(without_padding_swept_and_windowed_agree) {
    expect_sweep_is_scan<model_of<stride_1_stage, backend::eigen>>();
    expect_sweep_is_scan<model_of<stride_2_stage, backend::eigen>>();
    expect_sweep_is_scan<model_of<separable_stage, backend::eigen>>();
    expect_sweep_is_scan<model_of<grouped_stage, backend::eigen>>();
    expect_sweep_is_scan<model_of<joined_stage, backend::eigen>>();
    expect_sweep_is_scan<model_of<stride_3_stage, backend::eigen>>();
    expect_sweep_is_scan<model_of<stride_4_stage, backend::eigen>>();
    expect_sweep_is_scan<model_of<stride_8_stage, backend::eigen>>();
}

BOOST_AUTO_TEST_CASE(without_padding_swept_and_windowed_agree_in_bfloat16) {
    expect_sweep_is_scan<model_of<stride_2_stage, backend::eigen>, bfloat16>(weights_form::lean); // which computes each place alike
    expect_sweep_is_scan<model_of<joined_stage, backend::eigen>, bfloat16>(weights_form::lean);
    expect_sweep_is_scan<model_of<stride_3_stage, backend::eigen>, bfloat16>(weights_form::lean);
    expect_sweep_is_scan<model_of<stride_8_stage, backend::eigen>, bfloat16>(weights_form::lean);
    // Winograd's tiles lie elsewhere on a plane than on a window, and sums that differ in their last bit may be rounded to neighbours.
    expect_sweep_is_scan<model_of<stride_2_stage, backend::eigen>, bfloat16>(weights_form::fast, 0.03);
    expect_sweep_is_scan<model_of<joined_stage, backend::eigen>, bfloat16>(weights_form::fast, 0.03);
    expect_sweep_is_scan<model_of<stride_3_stage, backend::eigen>, bfloat16>(weights_form::fast, 0.03);
    expect_sweep_is_scan<model_of<stride_8_stage, backend::eigen>, bfloat16>(weights_form::fast, 0.03);
}

BOOST_AUTO_TEST_CASE(without_padding_swept_and_windowed_agree_in_int8) {
    expect_sweep_is_scan<model_of<stride_1_stage, backend::eigen>, int8>();
    expect_sweep_is_scan<model_of<stride_2_stage, backend::eigen>, int8>();
    expect_sweep_is_scan<model_of<joined_stage, backend::eigen>, int8>();
    expect_sweep_is_scan<model_of<grouped_stage, backend::eigen>, int8>();
    expect_sweep_is_scan<model_of<stride_8_stage, backend::eigen>, int8>();
}

BOOST_AUTO_TEST_CASE(only_probable_places_are_visited) {
    using swept_model = model_of<stride_4_stage, backend::eigen>;
    auto const m = lively<swept_model>();
    prepared_model const ready{m, 1, weights_form::fast, first_stage_sees::planes};
    detect::sweep<swept_model> sweep{ready};
    auto const photo = noise(60, 80);
    auto const on = detect::level_for(14, 1.6, sweep.side, sweep.stride, 60, 80);
    auto all = swept(sweep, photo, on).probabilities;
    auto sorted = all;
    std::sort(sorted.begin(), sorted.end());
    float const middle = sorted[sorted.size() / 2];
    std::size_t count = 0;
    detect::photo_sizes sizes;
    sizes.show(photo);
    sweep(sizes, on, middle, [&](int row, int column, float probability, auto feature) {
        ++count;
        BOOST_TEST(probability >= middle);
        BOOST_TEST(probability == all[static_cast<std::size_t>(row * on.columns + column)]);
        BOOST_TEST(feature.size() == 6u);
    });
    BOOST_TEST(count == static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [&](float p) { return p >= middle; })));
}

BOOST_AUTO_TEST_CASE(weights_prepared_for_windows_alone_are_refused) {
    using swept_model = model_of<stride_2_stage, backend::eigen>;
    auto const m = lively<swept_model>();
    prepared_model const ready{m};
    auto const photo = noise(60, 80);
    auto const on = detect::level_for(14, 1.6, 12, 2, 60, 80);
    BOOST_CHECK_THROW(swept(detect::sweep<swept_model>{ready}, photo, on), shape_error);
}

BOOST_AUTO_TEST_CASE(a_stage_without_padding_is_swept_exactly) {
    BOOST_TEST((detect::sweep<model_of<stride_4_stage, backend::eigen>>::exact));
    BOOST_TEST(!(detect::sweep<model_of<padded_stage, backend::eigen>>::exact));
}

BOOST_AUTO_TEST_CASE(on_any_backend_and_scalar) {
    expect_sweep_is_scan<model_of<stride_4_stage, backend::reference>>();
    expect_sweep_is_scan<model<of_one<stride_4_stage>, double, backend::reference>>();
}

/// Padded stages see beyond their window; still no tile may be told from another.
BOOST_AUTO_TEST_CASE_TEMPLATE(tiles_leave_no_seams, Stage, decltype(std::tuple<padded_stage, padded_joined_stage>{})) {
    using padded = model_of<Stage, backend::eigen>;
    auto const m = lively<padded>();
    prepared_model const ready{m, 1, weights_form::fast, first_stage_sees::planes};
    using sweep = detect::sweep<padded>;
    auto const photo = noise(110, 150);
    auto const on = detect::level_for(16, 1.6, sweep::side, sweep::stride, 110, 150);
    auto const whole = swept(sweep{ready, std::size_t{1} << 24}, photo, on);
    for (std::size_t const tile : {1u, 20000u, 60000u}) expect_close(swept(sweep{ready, tile}, photo, on), whole);
}

BOOST_AUTO_TEST_SUITE_END()
