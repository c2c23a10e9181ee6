// SPDX-License-Identifier: MIT
// Nets whose heads judge every place of several planes.
#include "tiny_net.hpp"

#include <mcfa/backend/eigen.hpp>
#include <mcfa/backend/emulated_device.hpp>
#include <mcfa/backend/reference.hpp>
#include <mcfa/cascade/single_shot.hpp>
#include <mcfa/layer/depthwise_conv.hpp>
#include <mcfa/layer/residual.hpp>
#include <mcfa/model/pass/places.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <tuple>
#include <vector>

using namespace mcfa;

namespace {

/// Stages whose first step is a layer of each kind that has a gradient of its input: a unit with a pool, a pool, a residual, a convolution.
struct fine : stage<input<12>, conv<5, conv_options{.stride = 2}>, relu, conv<6, conv_options{.bias = false}>, batch_norm, relu> {};
struct pooled : stage<output_of<fine>, max_pool<2>, conv<4>, relu> {};
struct joined : stage<output_of<pooled>, residual<conv<4>, relu>, depthwise_conv<depthwise_options{.bias = false}>, batch_norm, relu> {};
struct coarse : stage<output_of<joined>, conv<7, conv_options{.stride = 2}>, relu> {};
struct net : single_shot<heads<face_class, face_box>, fine, pooled, joined, coarse> {};

static_assert(net::stages[0].places == 36 && net::stages[1].places == 9 && net::stages[3].places == 4);
static_assert(single_shot_net<net> && !single_shot_net<mcfa::test::tiny_net>);

constexpr std::size_t batch = 2;
constexpr std::uint64_t key = 3;

/// A linear function of all logits at all places.
template <class T, class B>
struct places_probe {
    model<net, T, B> m{seed{9}};
    workspace<T, B> w{m, batch, purpose::training};
    std::vector<T> windows, coefficients;

    places_probe() {
        random_stream random{8};
        windows.resize(batch * net::stages[0].input.size());
        for (T& value : windows) value = static_cast<T>(random.uniform(-1, 1));
        std::size_t count = 0;
        for (stage_info const& stage : net::stages) count += batch * stage.places * net::info.logits;
        for (std::size_t i = 0; i < count; ++i) coefficients.push_back(static_cast<T>(random.uniform(-1, 1)));
        auto values = m.values(); // heads begin near 0: larger ones here, so that each stage's share of a gradient counts
        for (tensor_info const& tensor : m.tensors())
            if (tensor.layer < 0)
                for (std::size_t i = 0; i < tensor.size(); ++i) values[tensor.first + i] = static_cast<T>(random.uniform(-0.5, 0.5));
        m.assign(values);
    }
    double value() {
        std::copy(windows.begin(), windows.end(), w.input(0));
        forward_places_training(m, w, batch, key);
        double sum = 0;
        std::size_t next = 0;
        for (std::size_t j = 0; j < net::count; ++j)
            for (std::size_t i = 0; i < batch * net::stages[j].places * net::info.logits; ++i)
                sum += static_cast<double>(coefficients[next++] * w.logits(j)[i]);
        return sum;
    }
    std::vector<T> gradients() {
        (void)value();
        std::size_t next = 0;
        for (std::size_t j = 0; j < net::count; ++j)
            for (std::size_t i = 0; i < batch * net::stages[j].places * net::info.logits; ++i)
                w.logits_gradient(j)[i] = coefficients[next++];
        std::vector<T> all(net::info.learned, std::numeric_limits<T>::quiet_NaN());
        backward_places(m, w, batch, all.data(), key);
        return all;
    }
};

using fast_backends = std::tuple<backend::eigen, backend::emulated_device>;

} // namespace

BOOST_AUTO_TEST_SUITE(single_shot_nets)

BOOST_AUTO_TEST_CASE(gradients_at_all_places_are_finite_differences) {
    places_probe<double, backend::reference> probe;
    auto const found = probe.gradients();
    constexpr double step = 1e-5;
    auto const values = probe.m.values();
    for (std::size_t i = 0; i < found.size(); ++i) {
        auto moved = values;
        moved[i] += step;
        probe.m.assign(moved);
        double const above = probe.value();
        moved[i] -= 2 * step;
        probe.m.assign(moved);
        double const below = probe.value();
        BOOST_TEST_INFO("parameter " << i);
        BOOST_TEST(std::abs(found[i] - (above - below) / (2 * step)) <= 1e-5 * std::max(1.0, std::abs(found[i])));
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(backends_agree_at_all_places, B, fast_backends) {
    places_probe<float, backend::reference> slow;
    places_probe<float, B> fast;
    BOOST_TEST(std::abs(slow.value() - fast.value()) < 1e-3);
    auto const expected = slow.gradients(), found = fast.gradients();
    for (std::size_t i = 0; i < expected.size(); ++i)
        BOOST_TEST(std::abs(expected[i] - found[i]) < 2e-4f * std::max(1.0f, std::abs(expected[i])));
}

BOOST_AUTO_TEST_SUITE_END()
