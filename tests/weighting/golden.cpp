// SPDX-License-Identifier: MIT
// The rules against TorchJD: tests/golden/weighting.py.
#include <mcfa/weighting/make.hpp>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>
#include <numeric>
#include <string>
#include <vector>

using namespace mcfa;
using values = std::vector<double>;

namespace {

nlohmann::json recorded() {
    std::ifstream stream(MCFA_GOLDEN_DIR "/weighting.json");
    return nlohmann::json::parse(stream);
}

double number(long seed, long k, long i) {
    return static_cast<double>((k * 7919 + i * 104729 + seed * 15485863 + k * i * 31) % 1009) / 1009;
}

/// The Gramian of the gradients that the script makes.
values gramian(nlohmann::json const& from, long seed) {
    long const count = from["count"], features = from["features"];
    double const scale = from["scale"];
    std::string const change = from["change"];
    std::vector<values> rows;
    for (long k = 0; k < count; ++k) {
        rows.emplace_back();
        for (long i = 0; i < features; ++i) rows.back().push_back((number(seed, k, i) - 0.4) * static_cast<double>(1 + k % 3) * scale);
    }
    if (change == "zero") rows[1].assign(rows[1].size(), 0.0);
    if (change == "equal") rows[1] = rows[0];
    if (change == "opposite")
        for (std::size_t i = 0; i < rows[0].size(); ++i) rows[1][i] = -rows[0][i];
    values all;
    for (auto const& a : rows)
        for (auto const& b : rows) all.push_back(std::inner_product(a.begin(), a.end(), b.begin(), 0.0));
    return all;
}

void expect_close(values const& found, values const& expected, std::string const& what) {
    BOOST_REQUIRE_EQUAL(found.size(), expected.size());
    double worst = 0;
    for (std::size_t k = 0; k < found.size(); ++k) worst = std::max(worst, std::abs(found[k] - expected[k]));
    BOOST_TEST(worst < 1e-6, what << ": off by " << worst << ", the first is " << found[0] << " for " << expected[0]);
}

/// Recorded weights as a policy gives them.
values scaled(values weights) {
    for (double& w : weights) w = std::max(w, 0.0);
    weighting::scale_to_mean_one(weights);
    return weights;
}

std::vector<std::ptrdiff_t> ascending(std::ptrdiff_t count) {
    std::vector<std::ptrdiff_t> order(static_cast<std::size_t>(count));
    std::iota(order.begin(), order.end(), 0);
    return order;
}

weighting::square_matrix matrix_of(values const& all, Eigen::Index count) {
    weighting::square_matrix const g = Eigen::Map<weighting::square_matrix const>(all.data(), count, count);
    return g / g.trace();
}

/// The weights for the last of the case's Gramians, the state moved by all before.
values weights_for(std::string const& name, nlohmann::json const& from) {
    auto const count = from["count"].get<std::size_t>();
    auto const rows = static_cast<Eigen::Index>(count);
    auto const in_order = [&](auto const& own) {
        weighting::column w;
        for (long const seed : from["seeds"]) w = own(matrix_of(gramian(from, seed), rows));
        return scaled({w.begin(), w.end()});
    };
    if (name == "pcgrad") return in_order([&](auto const& g) { return weighting::pcgrad{}.own(g, ascending); });
    if (name == "grad_vac") {
        weighting::square_matrix usual = weighting::square_matrix::Zero(rows, rows);
        auto const at = [&](Eigen::Index i, Eigen::Index j) -> double& { return usual(i, j); };
        return in_order([&](auto const& g) { return weighting::grad_vac{}.own(g, at, ascending); });
    }
    auto const rule = weighting::make(name);
    auto state = rule.start({.stages = {{static_cast<int>(count), 1}}});
    values weights(count);
    values const losses(count, 1.0);
    for (long const seed : from["seeds"]) {
        auto const g = gramian(from, seed);
        weighting::observation const seen{0, losses, {}, {}, {g.data(), count, count}};
        rule.weigh(state, seen, weights);
        rule.learn(state, seen);
    }
    return weights;
}

/// The weights for the last step's losses, learned from all four.
values weights_for_losses(std::string const& name, std::size_t count, double scale) {
    auto const losses_of = [&](long seed, long row) {
        values losses;
        for (std::size_t k = 0; k < count; ++k) losses.push_back((number(seed, row, static_cast<long>(k)) + 0.1) * scale);
        return losses;
    };
    auto const rule = name == "smooth_tchebycheff" ? weighting::any_policy(weighting::smooth_tchebycheff{.smoothness = 0.5, .warm_up = 1})
                                                   : weighting::make(name);
    auto state = rule.start({.stages = {{static_cast<int>(count), 1}}});
    rule.trained(state, 0, losses_of(7, 2));
    values norms, weights(count);
    for (std::size_t k = 0; k < count; ++k) norms.push_back(number(9, 0, static_cast<long>(k)) + 0.1);
    for (long step = 1; step < 5; ++step) rule.learn(state, {0, losses_of(step, 1), {}, norms, {}});
    rule.weigh(state, {0, losses_of(4, 1), {}, norms, {}}, weights);
    return weights;
}

} // namespace

BOOST_AUTO_TEST_SUITE(weighting_golden)

BOOST_AUTO_TEST_CASE(rules_on_the_gramian_are_torchjds) {
    std::size_t compared = 0;
    auto const all = recorded();
    for (auto const& from : all["on_gramians"])
        for (auto const& [name, weights] : from["weights"].items()) {
            auto head = from;
            head.erase("weights");
            expect_close(weights_for(name, from), scaled(weights.get<values>()), name + " of " + head.dump());
            ++compared;
        }
    BOOST_TEST(compared > 120u);
}

BOOST_AUTO_TEST_CASE(raw_weights_are_torchjds_own) {
    bool negative = false;
    auto const all = recorded();
    for (auto const& from : all["on_gramians"]) {
        auto const count = from["count"].get<std::size_t>();
        auto const g = gramian(from, from["seeds"].back());
        values const losses(count, 1.0);
        values weights(count);
        auto const expect = [&](auto const& rule) {
            rule.weigh({0, losses, {}, {}, {g.data(), count, count}}, weights);
            auto expected = from["weights"][std::string(rule.name)].template get<values>();
            for (double& w : expected) w *= static_cast<double>(count);
            if (rule.name == "imtl_g" && std::all_of(expected.begin(), expected.end(), [](double w) { return w == 0; }))
                expected.assign(count, 1.0);
            double const largest =
                std::abs(*std::max_element(expected.begin(), expected.end(), [](double a, double b) { return std::abs(a) < std::abs(b); }));
            for (std::size_t k = 0; k < count; ++k) {
                BOOST_TEST(std::abs(weights[k] - expected[k]) < 1e-6 * std::max(largest, 1.0),
                           rule.name << ": " << weights[k] << " for " << expected[k]);
                negative = negative || weights[k] < 0;
            }
        };
        expect(weighting::imtl_g{.raw = true});
        expect(weighting::aligned{.raw = true});
    }
    BOOST_TEST(negative);
}

BOOST_AUTO_TEST_CASE(rules_on_losses_are_torchjds) {
    std::size_t compared = 0;
    auto const all = recorded();
    for (auto const& from : all["on_losses"])
        for (auto const& [name, weights] : from["weights"].items()) {
            std::size_t const count = from["count"];
            double const scale = from["scale"];
            expect_close(weights_for_losses(name, count, scale), scaled(weights.get<values>()),
                         name + " of " + std::to_string(count) + " losses times " + std::to_string(scale));
            ++compared;
        }
    BOOST_TEST(compared == 51u);
}

BOOST_AUTO_TEST_SUITE_END()
