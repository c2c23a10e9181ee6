// SPDX-License-Identifier: MIT
// The rules of the field against numbers worked out by hand.
#include <mcfa/weighting/average.hpp>
#include <mcfa/weighting/fixed.hpp>
#include <mcfa/weighting/random.hpp>
#include <mcfa/weighting/trend.hpp>
#include <mcfa/weighting/uncertainty.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <string>

using namespace mcfa;
using weighting::setting;
using values = std::vector<double>;

namespace {

double const nan_loss = std::numeric_limits<double>::quiet_NaN();

template <class P>
values weights_of(P const& rule, typename weighting::policy_traits<P>::state& state, std::size_t count, int stage = 0) {
    values w(count);
    weighting::policy_traits<P>::weigh(rule, state, {stage, {}, {}, {}}, w);
    return w;
}

void expect_close(values const& found, values const& expected, double tolerance = 1e-12) {
    BOOST_REQUIRE_EQUAL(found.size(), expected.size());
    for (std::size_t k = 0; k < found.size(); ++k)
        BOOST_TEST(std::abs(found[k] - expected[k]) < tolerance, k << ": " << found[k] << " for " << expected[k]);
}

} // namespace

BOOST_AUTO_TEST_SUITE(weighting_rules)

BOOST_AUTO_TEST_CASE(fixed_scales_to_mean_one) {
    weighting::fixed const rule{{1, 2, 3, 6}};
    auto state = rule.start({.stages = {{4, 0}, {4, 8}}});
    expect_close(weights_of(rule, state, 4, 1), {1. / 3, 2. / 3, 1, 2});
    BOOST_CHECK_EXCEPTION(rule.start({.stages = {{4, 0}, {40, 8}}}), option_error, [](option_error const& e) {
        return std::string(e.what()) == "fixed.weights: 4 weights for the 40 attributes of stage 1";
    });
    BOOST_CHECK_THROW((weighting::fixed{{1, 0}}.start({.stages = {{2, 0}}})), option_error);
    BOOST_CHECK_THROW((weighting::fixed{{1, nan_loss}}.start({.stages = {{2, 0}}})), option_error);
}

// v' = (0.5, 0.4, 0.8), v = (0.4, 0.5, 0.5):  t = (0.25, 0.2, 0.6), mean 0.35;  v / mean v = (6/7, 15/14, 15/14)
// u = (0.612245, 0.612245, 1.836735), mean 1.020408;  w = (0.6, 0.6, 1.8)
BOOST_AUTO_TEST_CASE(trend_by_hand) {
    weighting::trend const rule;
    auto state = rule.start({.stages = {{3, 0}, {3, 0}}});
    rule.validated(state, 0, values{0.5, 0.4, 0.8});
    expect_close(weights_of(rule, state, 3), {1, 1, 1});
    rule.validated(state, 0, values{0.4, 0.5, 0.5});
    expect_close(weights_of(rule, state, 3), {0.6, 0.6, 1.8});
    expect_close(weights_of(rule, state, 3, 1), {1, 1, 1}); // the other stage has seen nothing
    rule.validated(state, 0, values{0.4, 0.5, 0.5});        // nothing moved
    expect_close(weights_of(rule, state, 3), {0.6, 0.6, 1.8});
    rule.validated(state, 0, values{nan_loss, 0.4, 0.2}); // 0.1 and 0.3: 0.5 and 1.5 between the two, 0.6 stays; mean 2.6 / 3
    expect_close(weights_of(rule, state, 3), {1.8 / 2.6, 1.5 / 2.6, 4.5 / 2.6});
    rule.validated(state, 0, values{0.4, 0.4, 0.4}); // only the last moved: (0, 0, 3) becomes (0.01, 0.01, 3) / (3.02 / 3)
    expect_close(weights_of(rule, state, 3), {0.01, 0.01, 2.98}, 2e-4); // and the low ones are raised to 0.01 again
    BOOST_CHECK_THROW(weighting::trend{.least = 0}.start({}), option_error);
}

// Epochs (2, 2) and (1, 2): r = (0.5, 1), r / T = (0.25, 0.5), w = 2 (1, e^0.25) / (1 + e^0.25)
BOOST_AUTO_TEST_CASE(average_by_hand) {
    weighting::average const rule;
    auto state = rule.start({.stages = {{2, 0}}});
    expect_close(weights_of(rule, state, 2), {1, 1}); // epoch 1
    rule.trained(state, 0, values{2, 2});
    expect_close(weights_of(rule, state, 2), {1, 1}); // epoch 2
    rule.trained(state, 0, values{1, 2});
    expect_close(weights_of(rule, state, 2), {0.875647003, 1.124352997}, 1e-8); // epoch 3
    rule.trained(state, 0, values{nan_loss, 2});                                // r = (1, 1)
    expect_close(weights_of(rule, state, 2), {1, 1});
    rule.trained(state, 0, values{3, 2}); // r = (3 / 1, 1): the last observed loss counts; 2 e / (1 + e)
    expect_close(weights_of(rule, state, 2), {1.462117157, 0.537882843}, 1e-8);
    BOOST_CHECK_THROW(weighting::average{.temperature = 0}.start({}), option_error);
}

// One step at rate 0.1 from s = 0 with L = (2, 0.5): s = 0.05 (L - 1) = (0.05, -0.025); then the optimum e^s = L.
BOOST_AUTO_TEST_CASE(uncertainty_by_hand) {
    weighting::uncertainty const rule{.rate = 0.1};
    auto state = rule.start({.stages = {{2, 0}}});
    values const losses{2, 0.5};
    rule.learn(state, {0, losses, {}, {}});
    rule.visit(state, [](std::string_view name, values const& s) {
        BOOST_TEST(name == "stage0.log_variance");
        expect_close(s, {0.05, -0.025});
    });
    expect_close(weights_of(rule, state, 2), {0.96251757, 1.03748243}, 1e-8);
    for (int step = 0; step < 1000; ++step) rule.learn(state, {0, losses, {}, {}});
    expect_close(weights_of(rule, state, 2), {0.4, 1.6}, 1e-9); // (1/2, 2) / 1.25
    rule.learn(state, {0, values{nan_loss, nan_loss}, {}, {}});
    expect_close(weights_of(rule, state, 2), {0.4, 1.6}, 1e-9);
    BOOST_CHECK_THROW(weighting::uncertainty{.rate = 0}.start({}), option_error);
}

BOOST_AUTO_TEST_CASE(random_is_new_each_step_and_follows_its_key) {
    weighting::random const rule;
    setting const given{.stages = {{4, 0}, {4, 0}}, .key = 11};
    auto one = rule.start(given), same = rule.start(given), other = rule.start({given.stages, 12});
    values sum(4), before(4);
    int const steps = 20000;
    for (int step = 0; step < steps; ++step) {
        auto const w = weights_of(rule, one, 4);
        BOOST_REQUIRE(w != before);
        BOOST_REQUIRE(w == weights_of(rule, same, 4));
        BOOST_REQUIRE(w != weights_of(rule, other, 4));
        BOOST_REQUIRE(w != weights_of(rule, one, 4, 1));
        for (std::size_t k = 0; k < 4; ++k) sum[k] += w[k] / steps;
        before = w;
        for (auto* state : {&one, &same, &other}) rule.learn(*state, {0, {}, {}, {}});
        rule.learn(one, {1, {}, {}, {}});
    }
    expect_close(sum, {1, 1, 1, 1}, 0.03); // a weight's deviation is about 0.75, so its mean's is 0.005
}

BOOST_AUTO_TEST_SUITE_END()
