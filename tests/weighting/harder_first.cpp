// SPDX-License-Identifier: MIT
#include <mcfa/core/error.hpp>
#include <mcfa/core/random.hpp>
#include <mcfa/weighting/effective_number.hpp>
#include <mcfa/weighting/harder_first.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>

using namespace mcfa;
using weighting::harder_first;
using weighting::setting;

namespace {

std::vector<double> draw_values(random_stream& draw, int count, double low, double high) {
    std::vector<double> values(static_cast<std::size_t>(count));
    for (double& v : values) v = draw.uniform(low, high);
    return values;
}

std::vector<double> optimum(std::vector<double> const& losses, double temperature) {
    double const count = static_cast<double>(losses.size());
    double mean = 0, sum = 0;
    for (double const l : losses) mean += l / count;
    for (double const l : losses) sum += std::exp(l / mean / temperature);
    std::vector<double> u;
    for (double const l : losses) u.push_back(count * std::exp(l / mean / temperature) / sum);
    return u;
}

/// J as the method states it, written without the rule's code.
double objective(std::vector<double> const& a, std::vector<double> const& relative, double temperature) {
    double sum = 0, j = 0;
    for (double const v : a) sum += std::exp(v);
    for (std::size_t k = 0; k < a.size(); ++k) {
        double const q = std::exp(a[k]) / sum;
        j += -q * relative[k] + temperature * q * std::log(static_cast<double>(a.size()) * q);
    }
    return j;
}

} // namespace

BOOST_AUTO_TEST_SUITE(weighting_harder_first)

BOOST_AUTO_TEST_CASE(reaches_the_closed_form_optimum) {
    random_stream draw{1};
    for (int const count : {1, 5, 40})
        for (double const temperature : {0.5, 1.0, 3.0})
            for (double const scale : {1e-8, 1.0, 1e5}) {
                auto const losses = draw_values(draw, count, 0.05, 1);
                auto const features = draw_values(draw, 9, 0, scale);
                harder_first const rule{.temperature = temperature};
                auto state = rule.start({.stages = {{count, 9}}});
                std::vector<double> u(losses.size());
                rule.weigh(state, {0, losses, features, {}}, u);
                for (double const w : u) BOOST_TEST(w == 1);
                for (int step = 0; step < 1500; ++step) rule.learn(state, {0, losses, features, {}});
                rule.weigh(state, {0, losses, features, {}}, u);
                auto const expected = optimum(losses, temperature);
                for (std::size_t k = 0; k < u.size(); ++k) {
                    BOOST_TEST(std::abs(u[k] - expected[k]) < 1e-3, u[k] << " for " << expected[k]);
                    for (std::size_t i = 0; i < k; ++i) BOOST_TEST((losses[i] < losses[k]) == (u[i] < u[k]));
                }
            }
}

BOOST_AUTO_TEST_CASE(natural_gradient_is_the_fisher_inverse_of_the_finite_differences) {
    random_stream draw{2};
    for (double const temperature : {0.5, 1.0, 3.0}) {
        auto const a = draw_values(draw, 6, -2, 2);
        std::vector<double> relative(6), natural(6);
        auto const losses = draw_values(draw, 6, 0, 1);
        arithmetic::relative_losses([&](std::size_t k) { return losses[k]; }, row<double>{relative});
        arithmetic::harder_first_gradient(row<double const>{a}, row<double const>{relative}, temperature, row<double>{natural});

        double sum = 0, mean = 0;
        for (double const v : a) sum += std::exp(v);
        for (std::size_t k = 0; k < 6; ++k) mean += std::exp(a[k]) / sum * natural[k];
        for (std::size_t k = 0; k < 6; ++k) {
            double const h = 1e-5;
            auto up = a, down = a;
            up[k] += h;
            down[k] -= h;
            double const numeric = (objective(up, relative, temperature) - objective(down, relative, temperature)) / (2 * h);
            double const plain = temperature * std::exp(a[k]) / sum * (natural[k] - mean); // g = T F n
            BOOST_TEST(std::abs(plain - numeric) < 1e-8, plain << " for " << numeric);
        }
    }
}

// Noisy losses and features that change with every batch: the weights stay close to the optimum of the average losses.
BOOST_AUTO_TEST_CASE(follows_the_average_of_noisy_losses) {
    random_stream draw{3};
    auto const average = draw_values(draw, 40, 0.1, 0.9);
    auto const centre = draw_values(draw, 64, 0, 1);
    auto const expected = optimum(average, 1);
    harder_first const rule;
    auto state = rule.start({.stages = {{40, 64}}});
    std::vector<double> u(40);
    for (int step = 1; step <= 10000; ++step) {
        auto losses = average;
        auto features = centre;
        for (double& l : losses) l = draw.chance(0.02) ? std::numeric_limits<double>::quiet_NaN() : l * draw.uniform(0.2, 1.8);
        for (double& v : features) v *= draw.uniform(0.5, 1.5);
        if (step == 300 || step == 1000 || step % 2500 == 0) {
            rule.weigh(state, {0, losses, features, {}}, u);
            double worst = 0;
            for (std::size_t k = 0; k < u.size(); ++k) worst = std::max(worst, std::abs(u[k] - expected[k]) / expected[k]);
            BOOST_TEST(worst < 0.2, "step " << step << ": off by " << worst);
        }
        rule.learn(state, {0, losses, features, {}});
    }
}

BOOST_AUTO_TEST_CASE(only_the_direction_of_the_feature_matters) {
    harder_first const rule{.rate = 0.5};
    auto state = rule.start({.stages = {{2, 2}}});
    std::vector<double> const losses{1, 3};
    rule.learn(state, {0, losses, std::vector<double>{3, 4}, {}});
    std::vector<double> u(2), scaled(2);
    rule.weigh(state, {0, losses, std::vector<double>{3, 4}, {}}, u);
    BOOST_TEST(std::abs(std::log(u[1] / u[0]) - 0.5) < 1e-12); // half the way to r_2 - r_1 = 1
    for (double const scale : {1e-300, 1e6, 1e300}) {
        rule.weigh(state, {0, losses, std::vector<double>{3 * scale, 4 * scale}, {}}, scaled);
        BOOST_TEST(std::abs(scaled[1] - u[1]) < 1e-12);
    }
}

BOOST_AUTO_TEST_CASE(a_missing_loss_counts_as_the_mean) {
    double const nan = std::numeric_limits<double>::quiet_NaN();
    std::vector<double> relative(4);
    auto const relative_to = [&](std::vector<double> const& losses) {
        return arithmetic::relative_losses([&](std::size_t k) { return losses[k]; }, row<double>{relative});
    };
    BOOST_TEST(relative_to({1, nan, 3, 2}));
    BOOST_TEST(relative == (std::vector<double>{0.5, 1, 1.5, 1}), boost::test_tools::per_element());
    BOOST_TEST(relative_to({0, nan, 0, 0}));
    BOOST_TEST(relative == (std::vector<double>{1, 1, 1, 1}), boost::test_tools::per_element());

    harder_first const rule{.rate = 1};
    auto state = rule.start({.stages = {{2, 0}}});
    std::vector<double> u(2);
    rule.learn(state, {0, std::vector<double>{1, 3}, {}, {}});
    rule.learn(state, {0, std::vector<double>{nan, nan}, {}, {}}); // nothing seen, nothing learned
    rule.weigh(state, {0, {}, {}, {}}, u);
    BOOST_TEST(std::abs(u[1] / u[0] - std::exp(1.0)) < 1e-12);
}

BOOST_AUTO_TEST_CASE(refuses_bad_options_and_sizes) {
    BOOST_CHECK_THROW(harder_first{.temperature = 0}.start({}), option_error);
    BOOST_CHECK_THROW(harder_first{.rate = 1.5}.start({}), option_error);
    harder_first const rule;
    auto state = rule.start({.stages = {{2, 3}}});
    std::vector<double> const two{1, 2}, three{1, 2, 3};
    std::vector<double> u(2);
    BOOST_CHECK_THROW(rule.weigh(state, {1, two, three, {}}, u), shape_error);
    BOOST_CHECK_THROW(rule.learn(state, {0, three, three, {}}), shape_error);
    BOOST_CHECK_THROW(rule.learn(state, {0, two, two, {}}), shape_error);
}

BOOST_AUTO_TEST_CASE(effective_number_counts_the_weights_that_matter) {
    BOOST_TEST(std::abs(weighting::effective_number(std::vector<double>(40, 1.0)) - 40) < 1e-10);
    BOOST_TEST(std::abs(weighting::effective_number(std::vector<double>{2, 2, 0, 0}) - 2) < 1e-12);
    // p = (3/4, 1/4): entropy 0.5623351446
    BOOST_TEST(std::abs(weighting::effective_number(std::vector<double>{1.5, 0.5}) - std::exp(0.5623351446188083)) < 1e-12);
    BOOST_TEST(weighting::effective_number(std::vector<double>{}) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
