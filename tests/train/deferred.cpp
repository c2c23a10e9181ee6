// SPDX-License-Identifier: MIT
// An asynchronous step is the same step: parameters, losses, weights, the policy's state; and it still finds what diverges.
#include <mcfa/layer/dropout.hpp>
#include <mcfa/train/step/training_step.hpp>
#include <mcfa/weighting/any_policy.hpp>
#include <mcfa/weighting/fixed.hpp>
#include <mcfa/weighting/harder_first.hpp>
#include <mcfa/weighting/random.hpp>
#include <mcfa/weighting/uncertainty.hpp>
#include <mcfa/weighting/uniform.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <string>
#ifdef MCFA_LAWS_ON_GPU
#include <mcfa/backend/cuda.hpp>
#else
#include <mcfa/backend/emulated_device.hpp>
#include <mcfa/backend/reference.hpp>
#endif

#include "../model/expect_error.hpp"
#include "fake_faces.hpp"

using namespace mcfa;
using namespace mcfa::test;

BOOST_AUTO_TEST_SUITE(train_deferred)

namespace {

#ifdef MCFA_LAWS_ON_GPU
using B = backend::cuda;
#else
using B = backend::emulated_device;
static_assert(!may_defer<double, backend::reference, weighting::uniform>);
#endif
static_assert(may_defer<double, B, weighting::uniform> && may_defer<double, B, weighting::random> &&
              may_defer<double, B, weighting::harder_first>);
static_assert(!may_defer<double, B, weighting::uncertainty> && !may_defer<double, B, weighting::any_policy>);

struct small : stage<input<6>, conv<4, conv_options{.bias = false}>, batch_norm, relu, dropout<20>, global_average_pool> {};
struct large : stage<input<8>, conv<4>, prelu, max_pool<2>, flatten, dense<6>, relu> {};
struct net : cascade<golden::tasks, small, large> {};

constexpr std::size_t capacity = 8;
std::map<std::string, double> const scales{{"box", 5.0}};

std::vector<batch> batches(int count) {
    auto reader = fake_faces{.windows = 24}.batches(encoding_of(net::info), {.batch = capacity});
    std::vector<batch> all(static_cast<std::size_t>(count));
    for (std::uint64_t epoch = 1, i = 0; i < all.size(); ++epoch) {
        reader.begin(epoch);
        while (i < all.size() && reader.next(all[i])) ++i;
    }
    return all;
}

void expect_near(std::vector<double> const& found, std::vector<double> const& expected, std::string const& what) {
    BOOST_REQUIRE_EQUAL(found.size(), expected.size());
    double worst = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
        double const off = std::abs(found[i] - expected[i]) / (1 + std::abs(expected[i]));
        worst = std::isnan(found[i]) && std::isnan(expected[i]) ? worst : std::isfinite(off) ? std::max(worst, off) : 1e9;
    }
    BOOST_TEST(worst < 1e-11, what << ": off by " << worst);
}

template <class Policy>
void expect_same_steps(Policy const& policy, double clip, part_rates const& rates = {}) {
    model<net, double, B> patient{seed{3}}, hasty{seed{3}};
    adamw const rule{.rate = 0.01};
    training_step<double, B, adamw, Policy, immediate_driver<double, B, adamw, Policy>> waits(patient, rule, policy, capacity, scales, clip,
                                                                                              seed{5}, 1, rates);
    training_step<double, B, adamw, Policy, deferred_driver<double, B, adamw, Policy>> goes_on(hasty, rule, policy, capacity, scales, clip,
                                                                                               seed{5}, 1, rates);
    auto const all = batches(7);
    for (std::size_t i = 0; i < all.size(); ++i) {
        double const rate = 1 - 0.1 * static_cast<double>(i);
        waits.run(all[i], rate);
        goes_on.run(all[i], rate);
        if (i == 4) goes_on.policy_state(); // a look at the state in between changes nothing
    }
    std::string const name(policy.name);
    auto const& expected = waits.totals();
    auto const& found = goes_on.totals();
    expect_near(found.labelled, expected.labelled, name + ", labelled samples");
    for (std::size_t j = 0; j < 2; ++j) {
        expect_near(found.losses[j], expected.losses[j], name + ", losses");
        expect_near(found.weights[j], expected.weights[j], name + ", weights in all");
        expect_near(goes_on.weights(j), waits.weights(j), name + ", weights");
    }
    expect_near(hasty.values(), patient.values(), name + ", parameters");
    BOOST_TEST(goes_on.steps() == waits.steps());
    BOOST_TEST(std::abs(goes_on.gradient_norm() - waits.gradient_norm()) < 1e-10 * waits.gradient_norm());
    std::vector<std::vector<double>> states[2];
    waits.visit_policy(waits.policy_state(), [&](std::string_view, std::vector<double>& v) { states[0].push_back(v); });
    goes_on.visit_policy(goes_on.policy_state(), [&](std::string_view, std::vector<double>& v) { states[1].push_back(v); });
    BOOST_REQUIRE_EQUAL(states[0].size(), states[1].size());
    for (std::size_t i = 0; i < states[0].size(); ++i) expect_near(states[1][i], states[0][i], name + ", state");
}

} // namespace

BOOST_AUTO_TEST_CASE(deferred_steps_are_the_same_steps) {
    expect_same_steps(weighting::uniform{}, 0);
    expect_same_steps(weighting::fixed{{1, 2, 3}}, 0.5);
    expect_same_steps(weighting::random{}, 0);
    expect_same_steps(weighting::harder_first{.temperature = 0.5, .rate = 0.3}, 0);
    expect_same_steps(weighting::harder_first{.rate = 1}, 0.5);
    expect_same_steps(weighting::uniform{}, 0.5, part_rates(net::info, {"small", "box"}, {{"large", 0.5}}));
}

BOOST_AUTO_TEST_CASE(a_loss_that_diverges_is_found_by_name_within_a_period) {
    auto all = batches(3);
    all[1].targets(0, 0) = 0; // a positive window, whose box is nowhere
    for (std::size_t k = 0; k < all[1].masks.shape()[1]; ++k) all[1].masks(0, k) = 1;
    all[1].targets(0, 2) = std::numeric_limits<float>::quiet_NaN();
    model<net, double, B> m{seed{3}};
    using step_type = training_step<double, B, sgd, weighting::uniform>;
    step_type step(m, sgd{.rate = 0}, weighting::uniform{}, capacity, {}, 0, seed{5});
    for (batch const& b : all) step.run(b, 1);
    expect_error<divergence_error>([&] { step.totals(); }, {"stage small, task box: the loss is not a number"});

    model<net, double, B> fresh{seed{3}}; // the other's parameters are spoiled
    step_type again(fresh, sgd{.rate = 0}, weighting::uniform{}, capacity, {}, 0, seed{5});
    int steps = 0;
    auto const until_found = [&] {
        for (; steps < 2 * step_type::driver::period; ++steps) again.run(all[static_cast<std::size_t>(steps % 3)], 1);
    };
    expect_error<divergence_error>(until_found, {"stage small, task box"});
    BOOST_TEST(steps == step_type::driver::period - 1);
}

BOOST_AUTO_TEST_SUITE_END()
