// SPDX-License-Identifier: MIT
// Nets in which layers join the input of earlier ones.
#include "gradient_probe.hpp"
#include "tiny_net.hpp"

#include <mcfa/backend/eigen_bfloat16.hpp>
#include <mcfa/backend/emulated_device.hpp>
#include <mcfa/backend/reference.hpp>
#include <mcfa/io/load.hpp>
#include <mcfa/layer/activation.hpp>
#include <mcfa/layer/depthwise_conv.hpp>
#include <mcfa/layer/residual.hpp>
#include <mcfa/model/plan/slots.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <tuple>

using namespace mcfa;
using namespace mcfa::test;

namespace {

template <int Channels>
using pointwise = conv<Channels, conv_options{.kernel = 1, .pad = 0}>;

/// Blocks at the places where their passes differ: at the window, one behind the other, one within the other, before layers that would else
/// be joined to the convolution before them or write over their input, behind layers whose result is kept, and on vectors.
struct at_the_window : stage<input<6>, residual<conv<3>>, max_pool<2>, flatten, residual<dense<12>, relu, dense<27>>, relu> {};
struct in_a_row : stage<input<6>, conv<4>, residual<relu, conv<4, conv_options{.bias = false}>, batch_norm>, relu,
                        residual<conv<6>, relu, residual<pointwise<6>, swish>, pointwise<4>>, residual<residual<hard_swish>>, conv<5>,
                        residual<batch_norm, conv<5>, relu>, relu, max_pool<2>, global_average_pool> {};
struct in_a_block : stage<input<5>, block<conv<4>, residual<vgg_block<6, 2, vgg_options{.batch_norm = true, .pool = false}>, conv<4>>>,
                          residual<relu>, residual<relu, relu>, relu, global_average_pool> {};
struct residual_net : cascade<tasks, at_the_window, in_a_row, in_a_block> {};

/// The net of tests/golden/residual.py.
namespace recorded {

struct joined : stage<input<7>, conv<4, conv_options{.bias = false}>, batch_norm, relu,
                      residual<pointwise<6>, swish, depthwise_conv<depthwise_options{.bias = false}>, batch_norm, hard_swish, pointwise<4>>,
                      residual<relu, conv<4>>, relu, global_average_pool> {};
struct net : cascade<heads<face_class>, joined> {};

} // namespace recorded

template <class B>
using on = model<residual_net, float, B>;

using fast_backends = std::tuple<backend::eigen, backend::emulated_device>;

} // namespace

BOOST_AUTO_TEST_SUITE(residual_blocks)

BOOST_AUTO_TEST_CASE(residual_gradients_are_finite_differences) {
    expect_net_gradients<residual_net>();
    for (std::string const frozen : {"at_the_window.conv1_1", "at_the_window", "in_a_row.conv1", "*.bn*", "in_a_row.conv2*", "*.conv*"})
        expect_net_gradients<residual_net>({frozen});
    expect_net_gradients<residual_net>(
        {"in_a_row.conv1", "in_a_row.conv2*", "in_a_row.bn*", "in_a_row.conv3_1"}); // first that trains: within
}

BOOST_AUTO_TEST_CASE_TEMPLATE(residual_nets_agree_with_reference, B, fast_backends) {
    on<backend::reference> slow{seed{3}};
    on<B> fast{seed{3}};
    disturb(slow, 4);
    fast.assign(slow.values());
    auto const windows = noisy_batch<residual_net>(5, 9);
    probe<float, backend::reference> a(slow, windows, 5);
    probe<float, B> b(fast, windows, 5);
    auto const left = a.gradients(), right = b.gradients();
    double largest = 0;
    for (float const g : left) largest = std::max(largest, std::abs(static_cast<double>(g)));
    BOOST_TEST(largest > 0.1);
    BOOST_TEST(distance(left, right, left.size()) < 2e-5 * largest);
    workspace<float, backend::reference> c(slow, 5, purpose::inference);
    workspace<float, B> d(fast, 5, purpose::inference);
    load_all(c, windows, 5);
    load_all(d, windows, 5);
    forward(prepared_model{slow}, c, 5);
    forward(prepared_model{fast}, d, 5);
    for (std::size_t j = 0; j < residual_net::count; ++j)
        BOOST_TEST(distance(c.logits(j), d.logits(j), 5 * static_cast<std::size_t>(tasks::length)) < 2e-5);
}

/// Frozen normalisation computes as inference does, and every output has a place of its own in training: so places that inference shares
/// show here, and folded normalisation.
BOOST_AUTO_TEST_CASE(inference_of_residual_nets_is_training_without_measuring) {
    model<residual_net, double, backend::reference> m{seed{3}};
    disturb(m, 4);
    auto const windows = noisy_batch<residual_net>(4, 9);
    probe<double, backend::reference> training(m, windows, 4, part_rates(m.net(), {"*.bn*"}, {}));
    training.forward();
    workspace<double, backend::reference> w(m, 4, purpose::inference);
    load_all(w, windows, 4);
    forward(prepared_model{m}, w, 4);
    for (std::size_t j = 0; j < residual_net::count; ++j)
        BOOST_TEST(distance(w.logits(j), training.w.logits(j), 4 * static_cast<std::size_t>(tasks::length)) < 1e-12);
}

BOOST_AUTO_TEST_CASE(sums_in_bfloat16_are_near_those_in_float) {
    on<backend::eigen> m{seed{3}};
    disturb(m, 4);
    auto const windows = noisy_batch<residual_net>(4, 9);
    workspace<float, backend::eigen> w(m, 4, purpose::inference);
    workspace<float, backend::eigen, bfloat16> n(m, 4, purpose::inference);
    load_all(w, windows, 4);
    load_all(n, windows, 4);
    forward(prepared_model{m}, w, 4);
    forward(prepared_model<float, backend::eigen, bfloat16>{m}, n, 4);
    for (std::size_t j = 0; j < residual_net::count; ++j) {
        auto const count = 4 * static_cast<std::size_t>(tasks::length);
        double const off = distance(w.logits(j), n.logits(j), count);
        BOOST_TEST((off > 0 && off < 0.05), "stage " << j << ": off by " << off);
    }
}

BOOST_AUTO_TEST_CASE(values_that_live_together_are_in_different_places) {
    for (stage_info const& stage : residual_net::stages) {
        auto steps = steps_of(stage, purpose::inference);
        number_outputs(steps, -1);
        auto const slot = [&](int i) { return i < 0 ? -1 : steps[static_cast<std::size_t>(i)].slot; };
        for (int i = 0; i < static_cast<int>(steps.size()); ++i)
            if (step const& s = steps[static_cast<std::size_t>(i)]; s.is_addition())
                for (int between = s.skip; between < i; ++between)
                    BOOST_TEST(slot(between) != slot(s.skip - 1), stage.name << ", step " << between);
        for (step const& s : steps) BOOST_TEST(s.slot <= 3);
    }
    for (stage_info const& stage : tiny_net::stages) { // two do where nothing is joined
        auto steps = steps_of(stage, purpose::inference);
        number_outputs(steps, -1);
        for (step const& s : steps) BOOST_TEST(s.slot <= 1);
    }
}

BOOST_AUTO_TEST_CASE(names_count_within_the_block) {
    std::vector<std::string> names;
    for (layer_info const& layer : recorded::joined::plan.layers) names.push_back(layer.name());
    std::vector<std::string> const expected{"conv1",        "bn1",     "relu1",         "conv2_1", "swish2_1",
                                            "depthwise2_1", "bn2_1",   "hard_swish2_1", "conv2_2", "add2_1",
                                            "relu3_1",      "conv3_1", "add3_1",        "relu3",   "global_average_pool3"};
    BOOST_TEST(names == expected, boost::test_tools::per_element());
}

/// tests/golden/residual.py.
BOOST_AUTO_TEST_CASE(residual_blocks_are_those_of_pytorch) {
    auto const from = io::safetensors_file::read(MCFA_GOLDEN_DIR "/residual.safetensors");
    model<recorded::net, double, backend::reference> m{seed{1}};
    auto values = m.values();
    for (auto const& tensor : m.tensors())
        std::ranges::copy(from.values<double>(tensor.name), values.begin() + static_cast<std::ptrdiff_t>(tensor.first));
    m.assign(values);
    auto const windows = from.values<float>("windows");
    auto const expect = [](double const* found, std::vector<double> const& expected, std::string const& what) {
        BOOST_TEST(distance(found, expected, expected.size()) < 1e-12, what);
    };
    workspace<double, backend::reference> w(m, 3, purpose::inference), t(m, 3, purpose::training);
    w.copy_in(w.input(0), windows.data(), windows.size());
    forward(prepared_model{m}, w, 3);
    expect(w.logits(0), from.values<double>("logits"), "logits");

    t.copy_in(t.input(0), windows.data(), windows.size());
    std::vector<double> measured(m.net().statistics), gradients(m.net().learned);
    forward_stage_training(m, t, 0, 3, 1, measured.data());
    expect(t.logits(0), from.values<double>("training_logits"), "logits of training");
    std::ranges::copy(from.values<double>("logits_gradient"), t.logits_gradient(0));
    backward(m, t, 3, gradients.data(), 1);
    for (auto const& tensor : m.tensors())
        if (tensor.spec.role != parameter_role::statistic)
            expect(gradients.data() + tensor.first, from.values<double>("gradient of " + tensor.name), "gradient of " + tensor.name);
}

BOOST_AUTO_TEST_SUITE_END()
