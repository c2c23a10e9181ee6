// SPDX-License-Identifier: MIT
#include "narrow_logits.hpp"

#include <mcfa/backend/eigen_int8.hpp>
#include <mcfa/layer/residual.hpp>
#include <mcfa/model/calibrate.hpp>
#include <mcfa/model/describe_prepared.hpp>
#include <mcfa/model/predictor.hpp>
#include <mcfa/zoo/slim.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <tuple>
#include <vector>

BOOST_AUTO_TEST_SUITE(models_in_int8)

using namespace mcfa;
using namespace mcfa::test;
using cpu = backend::eigen;

struct sums : stage<input<8>, conv<6>, relu, residual<conv<6>, relu, conv<6>>, conv<4, conv_options{.stride = 2}>, relu, flatten, dense<5>,
                    relu, dense<3>> {};
struct sums_net : cascade<tasks, sums> {};

template <class Net>
model<Net, float, cpu> calibrated(calibration_options const& options = {}) {
    model<Net, float, cpu> m{seed{3}, cpu{1}};
    if constexpr (Net::count != 3) disturb(m, 4);
    m.set_quantisation(calibrate(m, noisy_batch<Net>(24, 5), options));
    return m;
}

/// Every layer, wherever it stands, sums, and a net of convolutions as it is shipped.
BOOST_AUTO_TEST_CASE_TEMPLATE(logits_are_near_those_in_float, Net, decltype(std::tuple<tiny_net, odd_net, sums_net, zoo::slim_net>{})) {
    auto const m = calibrated<Net>({.least_signal_to_noise = 0});
    for (std::size_t const batch : {1u, 5u}) {
        auto const windows = noisy_batch<Net>(batch, 9);
        double const off = difference(logits_in<float>(m, windows, batch, 1), logits_in<int8>(m, windows, batch, 1));
        BOOST_TEST(off < 0.05);
        BOOST_TEST(off > 0); // it did compute in another type
    }
}

BOOST_AUTO_TEST_CASE(logits_are_the_same_on_any_number_of_threads) {
    auto const m = calibrated<zoo::slim_net>();
    auto const windows = noisy_batch<zoo::slim_net>(3, 9);
    auto const expected = logits_in<int8>(m, windows, 3, 1);
    for (int const threads : {2, 7}) BOOST_TEST((logits_in<int8>(m, windows, 3, threads) == expected));
}

BOOST_AUTO_TEST_CASE(predictors_compute_in_int8) {
    auto const m = calibrated<tiny_net>();
    auto const windows = noisy_batch<tiny_net>(7, 9);
    predictor<model<tiny_net, float, cpu>, int8> narrow{m, {}, 4};
    predictor plain{m, {}, 4};
    auto const a = narrow(windows, 7), b = plain(windows, 7);
    BOOST_TEST_REQUIRE(a.size() == b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        BOOST_TEST(a[i].stage == b[i].stage);
        for (std::size_t k = 0; k < a[i].logits.size(); ++k) BOOST_TEST(std::abs(a[i].logits[k] - b[i].logits[k]) < 0.1f);
    }
}

BOOST_AUTO_TEST_CASE(layers_that_lose_too_much_stay_in_float) {
    auto const m = calibrated<sums_net>({.least_signal_to_noise = std::numeric_limits<double>::infinity()});
    auto const windows = noisy_batch<sums_net>(3, 9);
    BOOST_TEST((logits_in<int8>(m, windows, 3, 1) == logits_in<float>(m, windows, 3, 1)));
    auto some = calibrated<sums_net>({.least_signal_to_noise = 0}).quantisation();
    for (std::size_t k = 0; k < some.layers.size(); ++k) {
        BOOST_TEST(some.layers[k].signal_to_noise > 25);
        BOOST_TEST(!some.layers[k].in_float);
        some.layers[k].in_float = true; // one at a time, so that bytes and floats meet at every place
        auto n = calibrated<sums_net>({.least_signal_to_noise = 0});
        n.set_quantisation(some);
        BOOST_TEST(difference(logits_in<float>(n, windows, 3, 1), logits_in<int8>(n, windows, 3, 1)) < 0.05);
        some.layers[k].in_float = false;
    }
}

/// A convolution that nothing but an int8 layer reads gives bytes; one that a sum, a head or a layer in float reads gives floats.
BOOST_AUTO_TEST_CASE(bytes_lie_between_layers_in_int8_alone) {
    auto m = calibrated<sums_net>({.least_signal_to_noise = 0});
    auto const is = [&](std::vector<bool> const& expected) {
        prepared_model<float, cpu, int8> const ready{m};
        for (std::size_t i = 0; i < expected.size(); ++i) BOOST_TEST(ready.at(0, i).gives_bytes == expected[i], "step " << i);
    };
    // conv, relu; conv, relu; conv; sum; conv, relu; flatten; dense; relu; dense
    is({false, true, false, false, true, true, false, false, false});
    auto q = m.quantisation();
    q.layers[4].in_float = true; // the first dense layer
    m.set_quantisation(q);
    is({false, true, false, false, false, false, false, false, false});
}

BOOST_AUTO_TEST_CASE(what_computes_each_step_can_be_printed) {
    auto const m = calibrated<sums_net>({.least_signal_to_noise = 0});
    std::string const text = describe(prepared_model<float, cpu, int8>{m});
    BOOST_TEST(std::ranges::count(text, '\n') == 9);
    BOOST_TEST(text.find("direct, products in 8 bits") != std::string::npos);
    BOOST_TEST(text.find("bytes rearranged, gives bytes") != std::string::npos);
    BOOST_TEST(text.find("in float") != std::string::npos);
    BOOST_TEST(describe(m.quantisation()).find("sums.conv2_1  ") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_weight_takes_a_byte) {
    auto const m = calibrated<zoo::slim_net>({.least_signal_to_noise = 0});
    BOOST_TEST((prepared_model<float, cpu, int8>{m}.bytes()) < 1.1 * static_cast<double>(m.net().learned));
}

BOOST_AUTO_TEST_CASE(a_model_without_ranges_is_refused) {
    model<tiny_net, float, cpu> m{seed{3}, cpu{1}};
    BOOST_CHECK_EXCEPTION((prepared_model<float, cpu, int8>{m}), option_error, [](option_error const& e) {
        return std::string(e.what()).find("calibrate(model, windows)") != std::string::npos;
    });
    BOOST_CHECK_THROW(m.set_quantisation(calibrated<sums_net>().quantisation()), option_error);
    auto q = calibrated<tiny_net>().quantisation();
    q.layers[1].input.scale = 0;
    BOOST_CHECK_EXCEPTION(m.set_quantisation(q), option_error,
                          [](option_error const& e) { return std::string(e.what()).find("small.conv2") != std::string::npos; });
}

BOOST_AUTO_TEST_CASE(calibration_refuses_what_it_cannot_measure) {
    model<tiny_net, float, cpu> m{seed{3}, cpu{1}};
    auto const windows = noisy_batch<tiny_net>(4, 5);
    BOOST_CHECK_THROW(calibrate(m, noisy_batch<tiny_net>(0, 5)), option_error);
    BOOST_CHECK_THROW(calibrate(m, noisy_batch<sums_net>(4, 5)), shape_error);
    BOOST_CHECK_THROW(calibrate(m, windows, {.windows = 0}), option_error);
    BOOST_CHECK_THROW(calibrate(m, windows, {.batch = 0}), option_error);
    BOOST_CHECK_THROW(calibrate(m, windows, {.percentile = 50}), option_error);
    BOOST_CHECK_THROW(calibrate(m, windows, {.least_signal_to_noise = std::nan("")}), option_error);
}

/// The same of any cut into batches, of as many windows as are asked for.
BOOST_AUTO_TEST_CASE(calibration_looks_at_every_window_twice) {
    model<tiny_net, float, cpu> m{seed{3}, cpu{1}};
    auto const windows = noisy_batch<tiny_net>(20, 5);
    std::size_t last = 0, of = 0;
    auto const q = calibrate(m, windows, {.batch = 7, .progress = [&](std::size_t done, std::size_t all) { last = done, of = all; }});
    BOOST_TEST(last == 40u);
    BOOST_TEST(of == 40u);
    auto const once = calibrate(m, windows, {.batch = 20});
    BOOST_TEST_REQUIRE(q.layers.size() == 4u);
    for (std::size_t k = 0; k < q.layers.size(); ++k) {
        BOOST_TEST(q.layers[k].input.scale == once.layers[k].input.scale, boost::test_tools::tolerance(1e-5f));
        BOOST_TEST(q.layers[k].signal_to_noise == once.layers[k].signal_to_noise, boost::test_tools::tolerance(1e-3));
    }
    std::size_t few = 0;
    calibrate(m, windows, {.windows = 8, .batch = 4, .progress = [&](std::size_t done, std::size_t) { few = done; }});
    BOOST_TEST(few == 16u);
}

BOOST_AUTO_TEST_CASE(quantiles_are_those_of_sorted_values) {
    range_histogram counts;
    std::vector<float> all;
    random_stream random{5};
    for (int piece = 0; piece < 20; ++piece) {
        std::vector<float> some;
        for (int i = 0; i < 500; ++i) some.push_back(static_cast<float>(random.normal()) * static_cast<float>(1 + piece));
        some.push_back(std::numeric_limits<float>::quiet_NaN());
        counts.add(some);
        all.insert(all.end(), some.begin(), some.end() - 1);
    }
    std::ranges::sort(all);
    for (double const percentile : {75.0, 99.0, 99.9}) {
        auto const [low, high] = counts.range(percentile);
        auto const place = static_cast<std::size_t>(percentile / 100 * static_cast<double>(all.size()));
        BOOST_TEST(std::abs(high - all[place]) < 0.1f);
        BOOST_TEST(std::abs(low - all[all.size() - 1 - place]) < 0.1f);
    }
    BOOST_TEST(counts.range(100).first == all.front());
    BOOST_TEST(counts.range(100).second == all.back());
}

BOOST_AUTO_TEST_SUITE_END()
