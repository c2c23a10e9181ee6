// SPDX-License-Identifier: MIT
// What every policy obeys, the library's, the type-erased and one that a user wrote.
#include <mcfa/core/random.hpp>
#include <mcfa/weighting/make.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <tuple>

using namespace mcfa;
using weighting::observation;
using weighting::setting;

namespace {

constexpr int attributes = 5;
constexpr double unlabelled = std::numeric_limits<double>::quiet_NaN();

/// A rule of the user's own: the weights are the losses of the step before, plus one half.
struct last_loss {
    static constexpr std::string_view name = "last_loss";
    struct state {
        std::vector<double> losses;
    };
    state start(setting const& given) const { return {std::vector<double>(given.stages.size() * attributes, 0.0)}; }
    void weigh(state& s, observation const& seen, std::span<double> weights) const {
        for (std::size_t k = 0; k < weights.size(); ++k) weights[k] = s.losses[std::size_t(seen.stage) * attributes + k] + 0.5;
        double const sum = std::accumulate(weights.begin(), weights.end(), 0.0);
        for (double& w : weights) w *= static_cast<double>(weights.size()) / sum;
    }
    void learn(state& s, observation const& seen) const {
        for (std::size_t k = 0; k < seen.losses.size(); ++k)
            if (seen.losses[k] >= 0) s.losses[std::size_t(seen.stage) * attributes + k] = std::min(seen.losses[k], 1e3);
    }
    template <class F>
    void visit(state& s, F&& f) const {
        f(std::string_view{"losses"}, s.losses);
    }
};
static_assert(weighting::policy<last_loss>);

/// The least that a policy has: a name and weights.
struct in_proportion {
    static constexpr std::string_view name = "in_proportion";
    void weigh(observation const& seen, std::span<double> weights) const {
        for (std::size_t k = 0; k < weights.size(); ++k) weights[k] = weighting::observed(seen.losses[k]) ? seen.losses[k] : 0;
        weighting::scale_to_mean_one(weights, 0.1);
    }
};
static_assert(weighting::policy<in_proportion> && std::is_same_v<weighting::policy_traits<in_proportion>::state, weighting::no_state>);

/// Erased under a type of its own, so that it can stand in a list of types.
struct erased : weighting::any_policy {
    erased() : any_policy(weighting::make("harder_first")) {}
};
struct erased_user : weighting::any_policy {
    erased_user() : any_policy(last_loss{}) {}
};

struct erased_least : weighting::any_policy {
    erased_least() : any_policy(in_proportion{}) {}
};

template <class P>
using traits = weighting::policy_traits<P>;

template <class P>
P example() {
    if constexpr (std::same_as<P, weighting::fixed>) return {{1, 2, 3, 4, 0.5}};
    else return {};
}

setting const given{.stages = {{attributes, 3}, {attributes, 7}}, .key = 0xfedcba9876543210ull};

/// Losses as training may bring them: ordinary, missing, zero, huge, all missing, all zero.
std::vector<double> losses_at(random_stream& draw) {
    std::vector<double> losses(attributes);
    auto const kind = draw.below(12);
    for (double& l : losses) {
        l = draw.uniform(0, 2);
        if (draw.chance(0.1)) l = unlabelled;
        if (draw.chance(0.05)) l = 0;
        if (draw.chance(0.02)) l = draw.chance(0.5) ? 1e308 : std::numeric_limits<double>::infinity();
        if (kind == 0) l = unlabelled;
        if (kind == 1) l = 0;
    }
    return losses;
}

/// Runs `steps` steps with an epoch's end every 10, and returns the weights of every step and stage.
template <class P>
std::vector<double> drive(P const& rule, typename traits<P>::state& state, random_stream& draw, int steps) {
    std::vector<double> all;
    for (int step = 0; step < steps; ++step)
        for (int stage = 0; stage < 2; ++stage) {
            auto const losses = losses_at(draw);
            std::vector<double> features(stage == 0 ? 3 : 7);
            double const scale = std::pow(10, draw.uniform(-3, 6));
            for (double& v : features) v = draw.chance(0.1) ? 0 : scale * draw.unit();
            observation const seen{stage, losses, features, {}};
            std::vector<double> weights(attributes, unlabelled);
            traits<P>::weigh(rule, state, seen, weights);
            all.insert(all.end(), weights.begin(), weights.end());
            traits<P>::learn(rule, state, seen);
            if (step % 10 == 9) {
                traits<P>::trained(rule, state, stage, losses_at(draw));
                traits<P>::validated(rule, state, stage, losses_at(draw));
            }
        }
    return all;
}

using policies = std::tuple<weighting::uniform, weighting::fixed, weighting::harder_first, weighting::trend, weighting::uncertainty,
                            weighting::average, weighting::random, erased, erased_user, last_loss, in_proportion, erased_least>;

} // namespace

BOOST_AUTO_TEST_SUITE(weighting_laws)

BOOST_AUTO_TEST_CASE_TEMPLATE(weights_are_positive_with_mean_one, P, policies) {
    auto const rule = example<P>();
    auto state = traits<P>::start(rule, given);
    random_stream draw{3};
    auto const weights = drive(rule, state, draw, 3000);
    for (std::size_t at = 0; at < weights.size(); at += attributes) {
        double sum = 0;
        for (std::size_t k = 0; k < attributes; ++k) {
            BOOST_REQUIRE_GT(weights[at + k], 0);
            sum += weights[at + k];
        }
        BOOST_REQUIRE_SMALL(sum / attributes - 1, 1e-12);
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(state_saves_and_resumes_bit_for_bit, P, policies) {
    auto const rule = example<P>();
    auto state = traits<P>::start(rule, given);
    random_stream draw{4};
    drive(rule, state, draw, 57);

    std::map<std::string, std::vector<double>> saved;
    traits<P>::visit(rule, state, [&](std::string_view name, std::vector<double>& values) {
        BOOST_TEST(saved.emplace(name, values).second, "twice: " << name);
        for (double const v : values) BOOST_TEST(std::isfinite(v), name);
    });
    auto other = given;
    other.key = 1; // whatever the fresh state drew from its key, the saved one replaces it
    auto resumed = traits<P>::start(rule, other);
    traits<P>::visit(rule, resumed, [&](std::string_view name, std::vector<double>& values) {
        BOOST_TEST(values.size() == saved.at(std::string(name)).size(), name);
        values = saved.at(std::string(name));
    });

    auto same_draw = draw;
    auto const expected = drive(rule, state, draw, 100);
    auto const found = drive(rule, resumed, same_draw, 100);
    BOOST_TEST(expected == found);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(weighing_twice_changes_nothing, P, policies) {
    auto const rule = example<P>();
    auto state = traits<P>::start(rule, given);
    random_stream draw{5};
    drive(rule, state, draw, 25);
    std::vector<double> const losses{1, 2, 3, 4, 5}, features{1, 2, 3};
    std::vector<double> first(attributes), second(attributes);
    traits<P>::weigh(rule, state, {0, losses, features, {}}, first);
    traits<P>::weigh(rule, state, {0, losses, features, {}}, second);
    BOOST_TEST(first == second);
}

BOOST_AUTO_TEST_CASE(any_policy_does_what_it_holds) {
    weighting::harder_first const rule{.temperature = 0.5, .rate = 0.1};
    weighting::any_policy const any = rule;
    BOOST_TEST(any.name == "harder_first");
    auto state = rule.start(given);
    auto any_state = any.start(given);
    random_stream draw{6}, any_draw{6};
    BOOST_TEST(drive(rule, state, draw, 50) == drive(any, any_state, any_draw, 50));

    auto copy = any_state; // a copy goes its own way
    random_stream one{7}, two{7};
    auto const expected = drive(any, copy, one, 5);
    BOOST_TEST(drive(any, any_state, two, 5) == expected);
    auto foreign = weighting::any_policy(weighting::trend{}).start(given);
    std::vector<double> weights(attributes);
    BOOST_CHECK_THROW(any.weigh(foreign, {}, weights), std::bad_any_cast);
}

BOOST_AUTO_TEST_CASE(rules_are_made_by_name) {
    for (auto const* name :
         {"uniform", "fixed", "random",  "harder_first", "trend",  "uncertainty",     "average",         "geometric",
          "imtl_l",  "famo",  "bilevel", "grad_norm",    "mgda",   "pcgrad",          "cagrad",          "grad_vac",
          "imtl_g",  "nash",  "fair",    "aligned",      "upgrad", "dual_projection", "smoothed:upgrad", "smooth_tchebycheff"})
        BOOST_TEST(weighting::make(name).name == name);
    BOOST_CHECK_EXCEPTION(weighting::make("harder"), option_error, [](option_error const& e) {
        return std::string(e.what()) ==
               "weighting: no rule is named 'harder'; there are uniform, fixed, random, harder_first, trend, uncertainty, average, "
               "geometric, imtl_l, famo, smooth_tchebycheff, bilevel, grad_norm, mgda, pcgrad, grad_vac, cagrad, imtl_g, nash, fair, "
               "aligned, upgrad, dual_projection, and each of them as smoothed:NAME";
    });
    BOOST_CHECK_THROW(weighting::make("smoothed:harder"), option_error);
}

BOOST_AUTO_TEST_SUITE_END()
