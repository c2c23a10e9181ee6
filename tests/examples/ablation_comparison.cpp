// SPDX-License-Identifier: MIT
#include "ablation/ablation_page.hpp"
#include "ablation/answers_file.hpp"
#include "ablation/comparison.hpp"
#include "ablation/report_json.hpp"

#include <mcfa/core/error.hpp>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <cmath>
#include <filesystem>

BOOST_AUTO_TEST_SUITE(ablation_comparison)

namespace {

run_answers run(std::string rule, int seed, std::vector<std::string> said) {
    return {.stages = "SM",
            .rule = std::move(rule),
            .seed = seed,
            .labels = {"+-", "-+", "+?", "--"},
            .said = std::move(said),
            .groups = {0, 0, 1, 2},
            .validation_loss = {0.5, 0.4},
            .effective = {2, 1.5},
            .conflicts = {0.25, std::nan("")},
            .seconds = 10};
}

} // namespace

// Of the 8 sign patterns of (1, 1, 1) two have a sum of 3 or -3; of (2, 1) half are as far as 3 from 0.
BOOST_AUTO_TEST_CASE(signs_are_flipped_by_hand) {
    BOOST_TEST(sign_flip_p({}) == 1);
    BOOST_TEST(sign_flip_p({0, 0}) == 1);
    BOOST_TEST(sign_flip_p({1, -1}) == 1);
    BOOST_TEST(sign_flip_p({1, 1, 1}) == 0.25);
    BOOST_TEST(sign_flip_p({2, 0, 1}) == 0.5);
    std::vector<double> many(40, 1.0); // drawn patterns: none but the observed one is as far
    BOOST_TEST(sign_flip_p(many) == 1e-4);
    for (std::size_t i = 0; i < many.size(); i += 2) many[i] = -1;
    BOOST_TEST(sign_flip_p(many) == 1);
}

// The first attribute has 4 labels, the second 3. Accuracies of the base 3/4 and 2/3, of the other rule 1 and 2/3.
BOOST_AUTO_TEST_CASE(rules_are_compared_with_the_first_by_hand) {
    auto const found = compare({run("uniform", 1, {"+-", "++", "+-", "-+"}), run("other", 1, {"+-", "-+", "+-", "-+"})});
    BOOST_REQUIRE_EQUAL(found.rows.size(), 2u);
    BOOST_TEST(std::abs(found.rows[0].accuracy.mean - (3. / 4 + 2. / 3) / 2) < 1e-12);
    BOOST_TEST(std::abs(found.rows[1].accuracy.mean - (1 + 2. / 3) / 2) < 1e-12);
    BOOST_TEST(std::abs(found.rows[1].accuracy_gain - 1. / 8) < 1e-12);
    BOOST_TEST(found.rows[0].accuracy_p == 1);
    BOOST_TEST(found.rows[1].accuracy_p == 1);                     // one person differs: both signs are as far
    BOOST_TEST((found.hardest == std::vector<std::size_t>{1, 0})); // balanced accuracy 3/4 and 7/8, the mean of both runs
    BOOST_TEST(std::abs(found.rows[0].effective - 1.5) < 1e-12);
}

BOOST_AUTO_TEST_CASE(spread_is_over_seeds) {
    auto const found = compare({run("uniform", 1, {"+-", "++", "+-", "-+"}), run("uniform", 2, {"+-", "-+", "+-", "-+"})});
    double const low = (3. / 4 + 2. / 3) / 2, high = (1 + 2. / 3) / 2;
    BOOST_TEST(std::abs(found.rows[0].accuracy.mean - (low + high) / 2) < 1e-12);
    BOOST_TEST(std::abs(found.rows[0].accuracy.deviation - (high - low) / std::sqrt(2.0)) < 1e-12);
    BOOST_TEST(std::isnan(compare({run("uniform", 1, {"+-", "++", "+-", "-+"})}).rows[0].accuracy.deviation)); // one seed has none
}

// Of the base F1 is 4/5 and 2/3, balanced accuracy 3/4 and 3/4; the single-task nets have 1 of the first attribute, and of the second 2/3 and 3/4.
BOOST_AUTO_TEST_CASE(relative_loss_against_single_task_nets_by_hand) {
    auto const base = run("uniform", 1, {"+-", "++", "+-", "-+"});
    auto first = run("Bald", 1, {"+-", "--", "+-", "-+"}), second = run("Hat", 1, {"+-", "++", "+-", "-+"});
    for (auto* single : {&first, &second}) single->tasks = "single";
    for (auto& labels : first.labels) labels[1] = '?';
    for (auto& labels : second.labels) labels[0] = '?';
    auto const found = compare({base, first, second});
    BOOST_REQUIRE_EQUAL(found.rows.size(), 1u);
    BOOST_REQUIRE_EQUAL(found.singles.size(), 1u);
    BOOST_TEST(std::abs(found.rows[0].f1_of[0] - 4. / 5) < 1e-12);
    BOOST_TEST(std::abs(found.rows[0].balanced_of[1] - 3. / 4) < 1e-12);
    BOOST_TEST(std::abs(found.singles[0].f1_of[0] - 1) < 1e-12);
    BOOST_TEST(std::abs(found.singles[0].f1_of[1] - 2. / 3) < 1e-12);
    BOOST_TEST(std::abs(found.rows[0].f1_loss.mean - (1. / 5 + 0) / 2) < 1e-12);
    BOOST_TEST(std::abs(found.rows[0].balanced_loss.mean - (1. / 4 + 0) / 2) < 1e-12);
    BOOST_TEST((found.hardest == std::vector<std::size_t>{0, 1})); // of the base alone: equally hard

    auto const html = ablation_page({}, {base, first, second}, found, {"Bald", "Wearing_Hat"});
    for (auto const* part : {"Δm F1 %", ">10.00<", ">12.50<", "F1 % by attribute"}) BOOST_TEST(html.find(part) != html.npos, part);
    auto const json = report_json({}, {base, first, second}, found, {"Bald", "Wearing_Hat"});
    for (auto const* part : {"\"single_tasks\"", "\"relative_loss_f1\""}) BOOST_TEST(json.find(part) != json.npos, part);

    // Without labels of a net of its own an attribute does not count; nets of other stages are none.
    auto elsewhere = second;
    elsewhere.stages = "S";
    BOOST_TEST(std::abs(compare({base, first, elsewhere}).rows[0].f1_loss.mean - 1. / 5) < 1e-12);
    BOOST_TEST(std::isnan(compare({base, elsewhere}).rows[0].f1_loss.mean));
}

// Nets of other stages or tasks are compared with those of their own, and by rule with each other.
BOOST_AUTO_TEST_CASE(stages_and_tasks_are_compared_apart) {
    auto small = run("uniform", 1, {"+-", "++", "+-", "-+"}), large = run("uniform", 1, {"+-", "-+", "+-", "-+"}), alone = large;
    small.stages = "S";
    alone.tasks = "attributes";
    auto const found = compare({small, large, alone});
    BOOST_REQUIRE_EQUAL(found.rows.size(), 3u);
    for (auto const& row : found.rows) BOOST_TEST(row.accuracy_gain == 0, row.stages << ", " << row.tasks);
    auto const nets = compare_nets({small, large, alone});
    BOOST_REQUIRE_EQUAL(nets.rows.size(), 3u);
    BOOST_TEST(nets.rows[0].stages == "uniform");
    BOOST_TEST(nets.rows[0].rule == "S");
    BOOST_TEST(nets.rows[2].rule == "SM, attributes alone");
    BOOST_TEST(std::abs(nets.rows[2].accuracy_gain - 1. / 8) < 1e-12);
    auto const html = ablation_page({}, {small, large, alone}, found, {"Bald", "Wearing_Hat"});
    for (auto const* part : {"Stages and tasks", "By uniform", "Differences from S,", "Stages SM, attributes alone"})
        BOOST_TEST(html.find(part) != html.npos, part);
    BOOST_TEST(html.find("Δm") == html.npos); // without single-task nets there is nothing to say of them
}

BOOST_AUTO_TEST_CASE(runs_that_do_not_match_are_refused) {
    auto other = run("other", 1, {"+-", "++", "+-", "-+"});
    other.groups[3] = 1;
    BOOST_CHECK_THROW(compare({run("uniform", 1, {"+-", "++", "+-", "-+"}), other}), mcfa::option_error);
    BOOST_CHECK_THROW(compare({run("uniform", 1, {"+-", "++", "+-", "-+"}), run("other", 2, {"+-", "++", "+-", "-+"})}),
                      mcfa::option_error);
}

BOOST_AUTO_TEST_CASE(answers_are_read_as_they_were_written) {
    auto const folder = std::filesystem::temp_directory_path() / "mcfa_ablation_answers";
    std::filesystem::create_directories(folder);
    std::filesystem::remove(folder / "answers.json");
    BOOST_TEST(!read_answers(folder, {{"epochs", 2}}).has_value());
    auto a = run("Bald", 3, {"+-", "++", "+-", "-+"});
    a.stages = "S";
    a.tasks = "single";
    a.commit = "0123";
    write_answers(folder, a, {{"epochs", 2}, {"width", "1/8"}});
    auto const b = read_answers(folder, {{"epochs", 2}}).value();
    BOOST_TEST((b.stages == "S" && b.tasks == "single" && b.rule == "Bald" && b.seed == 3 && b.commit == "0123" && b.seconds == 10));
    BOOST_TEST((b.labels == a.labels && b.said == a.said && b.groups == a.groups && b.effective == a.effective));
    BOOST_TEST((b.conflicts[0] == 0.25 && std::isnan(b.conflicts[1])));
    BOOST_CHECK_THROW(read_answers(folder, {{"epochs", 3}}), mcfa::option_error);
}

BOOST_AUTO_TEST_CASE(the_page_holds_every_rule_and_escapes_what_it_is_told) {
    std::vector<run_answers> const runs{run("uniform", 1, {"+-", "++", "+-", "-+"}), run("other", 1, {"+-", "-+", "+-", "-+"})};
    auto const html = ablation_page({"Command: <ablation>"}, runs, compare(runs), {"Bald", "Wearing_Hat"});
    for (auto const* part : {"Stages SM", "uniform", "other", "Wearing Hat, Bald", "&lt;ablation&gt;", "<svg"})
        BOOST_TEST(html.find(part) != html.npos, part);
    BOOST_TEST(html.find("<ablation>") == html.npos);
    BOOST_TEST(html.find("http://") == html.find("http://www.w3.org")); // no file but itself
}

BOOST_AUTO_TEST_SUITE_END()
