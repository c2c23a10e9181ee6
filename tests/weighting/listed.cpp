// SPDX-License-Identifier: MIT
// What every rule of `make` obeys, so that a new rule is tested by being listed there.
#include <mcfa/core/random.hpp>
#include <mcfa/weighting/make.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <vector>

using namespace mcfa;
using weighting::any_policy;
using weighting::observation;
using weighting::setting;
using values = std::vector<double>;

BOOST_AUTO_TEST_SUITE(weighting_listed)

namespace {

constexpr std::size_t attributes = 5, features = 3;
constexpr double unlabelled = std::numeric_limits<double>::quiet_NaN();

/// Every rule, and every rule smoothed, for so many attributes.
std::vector<any_policy> subjects(std::size_t count = attributes) {
    std::vector<any_policy> all;
    for (any_policy const& rule : weighting::all_rules()) {
        values const first{1, 2, 3, 4, 0.5};
        any_policy const ready = rule.name == "fixed" ? any_policy(weighting::fixed{{first.begin(), first.begin() + long(count)}}) : rule;
        all.push_back(ready);
        all.push_back(weighting::smoothed<any_policy>{ready});
    }
    all.push_back(weighting::smooth_tchebycheff{.smoothness = 0.3, .warm_up = 1});
    return all;
}

setting given(std::size_t count = attributes) {
    weighting::setting::stage const stage{static_cast<int>(count), static_cast<int>(features)};
    return {.stages = {stage, stage}, .key = 0xfedcba9876543210ull};
}

/// One stage in one step, of `attributes`.
struct seen_step {
    values losses, feature, norms, gramian;

    observation of(int stage, std::size_t count = attributes) const {
        return {stage, {losses.data(), count}, feature, {norms.data(), count}, {gramian.data(), count, count}};
    }
};

enum class kind { ordinary, wild };

/// As training may bring them; wild ones have missing, zero and huge losses, and gradients that are zero, equal, opposite, tiny or huge.
seen_step draw_step(random_stream& draw, kind k, bool last_has_labels = true) {
    bool const wild = k == kind::wild;
    seen_step s;
    auto const special = wild ? draw.below(12) : 11;
    for (std::size_t i = 0; i < attributes; ++i) {
        double l = draw.uniform(0.05, 2);
        if (wild && draw.chance(0.1)) l = unlabelled;
        if (wild && draw.chance(0.05)) l = 0;
        if (wild && draw.chance(0.02)) l = draw.chance(0.5) ? 1e308 : std::numeric_limits<double>::infinity();
        if (special == 0) l = unlabelled;
        if (special == 1) l = 0;
        s.losses.push_back(l);
    }
    if (!last_has_labels) s.losses.back() = unlabelled;
    for (std::size_t i = 0; i < features; ++i) s.feature.push_back(draw.unit());

    std::size_t const length = wild && draw.chance(0.3) ? 2 : 7; // with 2 there are fewer dimensions than gradients
    std::vector<values> gradients(attributes, values(length));
    double const size = wild ? std::pow(10, draw.uniform(-10, 10)) : 1;
    for (std::size_t i = 0; i < attributes; ++i)
        for (double& g : gradients[i]) g = size * (draw.normal() + 0.3) * (std::isnan(s.losses[i]) ? 0 : 1);
    if (wild && draw.chance(0.1)) gradients[0] = values(length);
    if (wild && draw.chance(0.1)) gradients[1] = gradients[2];
    if (wild && draw.chance(0.1))
        for (std::size_t d = 0; d < length; ++d) gradients[3][d] = -gradients[2][d];
    if (special == 2) gradients.assign(attributes, values(length));
    for (auto const& a : gradients)
        for (auto const& b : gradients) {
            double sum = 0;
            for (std::size_t d = 0; d < length; ++d) sum += a[d] * b[d];
            s.gramian.push_back(special == 3 ? unlabelled : sum);
        }
    for (std::size_t i = 0; i < attributes; ++i) s.norms.push_back(std::sqrt(s.gramian[i * (attributes + 1)]));
    return s;
}

/// A training step of a stage, and every 10 steps an epoch's end.
values take_step(any_policy const& rule, any_policy::state& state, seen_step const& s, int step, int stage, seen_step const& epoch,
                 std::size_t count = attributes) {
    values weights(count, unlabelled);
    auto const seen = s.of(stage, count);
    rule.weigh(state, seen, weights);
    rule.learn(state, seen);
    if (step % 10 == 9) {
        rule.trained(state, stage, {epoch.losses.data(), count});
        rule.validated(state, stage, {epoch.losses.data(), count});
    }
    return weights;
}

std::vector<values> drive(any_policy const& rule, any_policy::state& state, random_stream& draw, int steps, kind k) {
    std::vector<values> all;
    for (int step = 0; step < steps; ++step)
        for (int stage = 0; stage < 2; ++stage) {
            auto const s = draw_step(draw, k), epoch = draw_step(draw, k);
            all.push_back(take_step(rule, state, s, step, stage, epoch));
        }
    return all;
}

} // namespace

BOOST_AUTO_TEST_CASE(weights_are_positive_with_mean_one_whatever_is_seen) {
    for (auto const& rule : subjects()) {
        auto state = rule.start(given());
        random_stream draw{3};
        for (values const& weights : drive(rule, state, draw, 600, kind::wild)) {
            double sum = 0;
            for (double const w : weights) {
                BOOST_REQUIRE_MESSAGE(w > 0, rule.name << ": " << w);
                sum += w;
            }
            BOOST_REQUIRE_MESSAGE(std::abs(sum / attributes - 1) < 1e-12, rule.name << ": mean " << sum / attributes);
        }
    }
}

BOOST_AUTO_TEST_CASE(state_saves_and_resumes_bit_for_bit) {
    for (auto const& rule : subjects()) {
        auto state = rule.start(given());
        random_stream draw{4};
        drive(rule, state, draw, 57, kind::wild);
        std::map<std::string, values> saved;
        rule.visit(state, [&](std::string_view name, values& part) {
            BOOST_TEST(saved.emplace(name, part).second, rule.name << ", twice: " << name);
            for (double const v : part) BOOST_TEST(std::isfinite(v), rule.name << ", " << name);
        });
        auto other = given();
        other.key = 1;
        auto resumed = rule.start(other);
        rule.visit(resumed, [&](std::string_view name, values& part) {
            BOOST_TEST(part.size() == saved.at(std::string(name)).size(), rule.name << ", " << name);
            part = saved.at(std::string(name));
        });
        auto same_draw = draw;
        BOOST_TEST((drive(rule, state, draw, 100, kind::wild) == drive(rule, resumed, same_draw, 100, kind::wild)), rule.name);
    }
}

BOOST_AUTO_TEST_CASE(weighing_twice_changes_nothing) {
    for (auto const& rule : subjects()) {
        auto state = rule.start(given());
        random_stream draw{5};
        drive(rule, state, draw, 25, kind::wild);
        auto const s = draw_step(draw, kind::ordinary);
        values first(attributes), second(attributes);
        rule.weigh(state, s.of(0), first);
        rule.weigh(state, s.of(0), second);
        BOOST_TEST(first == second, rule.name);
    }
}

/// The others get what they would get without it, in batches and through whole epochs.
BOOST_AUTO_TEST_CASE(an_attribute_without_labels_changes_nothing_among_the_rest) {
    auto const with = subjects(), without = subjects(attributes - 1);
    for (std::size_t r = 0; r < with.size(); ++r) {
        auto state = with[r].start(given()), smaller = without[r].start(given(attributes - 1));
        random_stream draw{6};
        for (int step = 0; step < 60; ++step) {
            auto const s = draw_step(draw, kind::ordinary, false), epoch = draw_step(draw, kind::ordinary, false);
            auto const found = take_step(with[r], state, s, step, 1, epoch);
            seen_step cut = s; // the Gramian of the others stands closer together
            cut.gramian.clear();
            for (std::size_t i = 0; i + 1 < attributes; ++i)
                for (std::size_t j = 0; j + 1 < attributes; ++j) cut.gramian.push_back(s.gramian[i * attributes + j]);
            auto const expected = take_step(without[r], smaller, cut, step, 1, epoch, attributes - 1);
            double sum = 0;
            for (std::size_t k = 0; k + 1 < attributes; ++k) sum += found[k];
            for (std::size_t k = 0; k + 1 < attributes; ++k)
                BOOST_REQUIRE_MESSAGE(std::abs(found[k] / sum * (attributes - 1) - expected[k]) < 1e-9,
                                      with[r].name << ", step " << step << ": " << found[k] / sum * (attributes - 1) << " for "
                                                   << expected[k]);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_size_of_gradients_does_not_matter) {
    for (auto const& rule : subjects())
        for (double const size : {1e-16, 1e16}) {
            auto state = rule.start(given()), scaled = rule.start(given());
            random_stream draw{7};
            for (int step = 0; step < 12; ++step) {
                auto s = draw_step(draw, kind::ordinary);
                auto const epoch = draw_step(draw, kind::ordinary);
                auto const expected = take_step(rule, state, s, step, 0, epoch);
                for (double& g : s.gramian) g *= size;
                auto const found = take_step(rule, scaled, s, step, 0, epoch);
                for (std::size_t k = 0; k < attributes; ++k)
                    BOOST_REQUIRE_MESSAGE(std::abs(found[k] - expected[k]) < 1e-8, rule.name << ": " << found[k] << " for " << expected[k]);
            }
        }
}

BOOST_AUTO_TEST_CASE(who_wants_the_gramian_refuses_to_go_without) {
    values const losses(attributes, 1.0);
    values weights(attributes);
    for (auto const& rule : subjects()) {
        auto state = rule.start(given());
        observation const seen{0, losses, {}, {}, {}};
        if (rule.wants_gramian) BOOST_CHECK_THROW(rule.weigh(state, seen, weights), shape_error);
        else BOOST_CHECK_NO_THROW(rule.weigh(state, seen, weights));
        if (rule.wants_gradient_norms) BOOST_CHECK_THROW(rule.learn(state, seen), shape_error);
    }
}

BOOST_AUTO_TEST_CASE(bad_options_are_refused_by_name) {
    auto const refuses = [](auto const& rule, std::string const& option) {
        BOOST_CHECK_EXCEPTION(rule.start(given()), option_error,
                              [&](option_error const& e) { return std::string(e.what()).starts_with(option + ": "); });
    };
    refuses(weighting::imtl_l{.rate = 0}, "imtl_l.rate");
    refuses(weighting::famo{.rate = -1}, "famo.rate");
    refuses(weighting::famo{.decay = -1}, "famo.decay");
    refuses(weighting::smooth_tchebycheff{.smoothness = 0}, "smooth_tchebycheff.smoothness");
    refuses(weighting::smooth_tchebycheff{.warm_up = 0}, "smooth_tchebycheff.warm_up");
    refuses(weighting::bilevel{.discrepancy = -1}, "bilevel.discrepancy");
    refuses(weighting::bilevel{.rate = 0}, "bilevel.rate");
    refuses(weighting::grad_norm{.restoring = -1}, "grad_norm.restoring");
    refuses(weighting::grad_norm{.rate = 0}, "grad_norm.rate");
    refuses(weighting::grad_vac{.share = 0}, "grad_vac.share");
    refuses(weighting::cagrad{.radius = -1}, "cagrad.radius");
    refuses(weighting::fair{.alpha = -1}, "fair.alpha");
    refuses(weighting::smoothed<weighting::mgda>{{}, 1.0}, "smoothed.memory");
}

BOOST_AUTO_TEST_SUITE_END()
