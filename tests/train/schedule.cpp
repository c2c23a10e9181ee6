// SPDX-License-Identifier: MIT
// Schedules against PyTorch's; the numbers are printed by schedule_golden.py.
#include <mcfa/train/schedule.hpp>
#include <mcfa/train/training_options.hpp>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <type_traits>
#include <vector>

using namespace mcfa;

BOOST_AUTO_TEST_SUITE(train_schedule)

namespace {

void expect_rates(schedule const& rate, std::vector<double> const& expected) {
    auto const total = static_cast<long>(expected.size());
    for (long step = 0; step < total; ++step) {
        double const wanted = expected[static_cast<std::size_t>(step)];
        BOOST_TEST(std::abs(rate(step, total) - wanted) <= 1e-11 * std::max(1.0, wanted),
                   rate.name << " step " << step << ": " << rate(step, total) << " for " << wanted);
    }
}

/// A schedule of the user's own.
struct inverse_root {
    static constexpr std::string_view name = "inverse_root";
    double operator()(long step, long) const { return 1 / std::sqrt(static_cast<double>(step + 1)); }
};

} // namespace

BOOST_AUTO_TEST_CASE(rates_are_those_of_pytorch) {
    expect_rates(schedule{}, std::vector<double>(10, 1.0));
    expect_rates(step_decay{.milestones = {0.3, 0.75}}, {1, 1, 1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.01, 0.01});
    expect_rates(cosine_decay{.floor = 0.05}, {1, 0.97675184524, 0.909283072328, 0.804197994839, 0.671783072328, 0.525, 0.378216927672,
                                               0.245802005161, 0.140716927672, 0.0732481547598});
    expect_rates(one_cycle{},
                 {0.04, 0.52, 1, 0.950484632013, 0.81174565395, 0.611262021936, 0.388741978064, 0.18825834605, 0.0495193679865, 4e-06});
    expect_rates(one_cycle{.pct_start = 0.45, .div_factor = 10, .final_div_factor = 100},
                 {0.1, 0.191150735247, 0.427676467494, 0.713757221634, 0.933497570645, 0.9989155277, 0.937579277389, 0.793210242413,
                  0.593234483931, 0.375641778516, 0.181768627778, 0.0484454842474, 0.001});
    expect_rates(warm_up{.steps = 3, .inner = cosine_decay{}},
                 {0.25, 0.5, 0.75, 1, 0.950484433951, 0.811744900929, 0.611260466978, 0.388739533022, 0.188255099071, 0.0495155660488});
}

BOOST_AUTO_TEST_CASE(every_length_of_run_has_finite_rates) {
    for (schedule const& rate :
         {schedule{constant_rate{}}, schedule{step_decay{}}, schedule{cosine_decay{}}, schedule{one_cycle{}},
          schedule{one_cycle{.pct_start = 0}}, schedule{one_cycle{.pct_start = 1}}, schedule{warm_up{5, one_cycle{}}}})
        for (long total = 1; total < 40; ++total)
            for (long step = 0; step < total + 3; ++step) {
                BOOST_REQUIRE_GE(rate(step, total), 0);
                BOOST_REQUIRE_LE(rate(step, total), 1);
            }
}

BOOST_AUTO_TEST_CASE(a_schedule_is_a_value) {
    schedule rate = warm_up{.steps = 2, .inner = inverse_root{}};
    BOOST_TEST(rate.name == "warm_up");
    schedule const copy = rate;
    rate = step_decay{};
    BOOST_TEST(rate.name == "step");
    BOOST_TEST(copy(1, 10) == 2. / 3);
    BOOST_TEST(copy(5, 10) == 0.5);
}

BOOST_AUTO_TEST_CASE(a_function_is_a_schedule) {
    double const base = 0.5;
    training_options const options{.rate = [base](long step, long total) { return base * static_cast<double>(total - step); }};
    BOOST_TEST(options.rate(1, 3) == 1.0);
    BOOST_TEST(options.rate.text == "function");
    BOOST_TEST(options.rate.depends_on_total);
    schedule const rate = warm_up{.steps = 1, .inner = [](long step, long) { return 1.0 / static_cast<double>(step + 1); }};
    BOOST_TEST(rate(0, 4) == 0.5);
    BOOST_TEST(rate(2, 4) == 0.5);
    BOOST_TEST(rate.text == "warm_up, steps 1, then function");
    static_assert(!std::is_constructible_v<schedule, double (*)(char const*)>);
}

BOOST_AUTO_TEST_CASE(bad_options_are_refused) {
    BOOST_CHECK_THROW(schedule{(step_decay{.milestones = {0.5, 30}})}, option_error);
    BOOST_CHECK_THROW(schedule{step_decay{.gamma = 0}}, option_error);
    BOOST_CHECK_THROW(schedule{cosine_decay{.floor = 2}}, option_error);
    BOOST_CHECK_THROW(schedule{one_cycle{.pct_start = -0.1}}, option_error);
    BOOST_CHECK_THROW(schedule{one_cycle{.div_factor = 0}}, option_error);
    BOOST_CHECK_THROW(schedule{one_cycle{.final_div_factor = 0}}, option_error);
    BOOST_CHECK_THROW(schedule{(warm_up{.steps = -1, .inner = {}})}, option_error);
}

BOOST_AUTO_TEST_SUITE_END()
