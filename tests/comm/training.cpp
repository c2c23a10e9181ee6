// SPDX-License-Identifier: MIT
#include "../train/small_training.hpp"
#include "thread_ranks.hpp"

#include <mcfa/comm/alone.hpp>
#include <mcfa/train/over_ranks.hpp>
#include <mcfa/weighting/gramian/upgrad.hpp>

#include <bit>
#include <functional>
#include <optional>

using namespace mcfa;
using mcfa::test::fake_faces, mcfa::test::fresh, mcfa::test::net_model;

BOOST_AUTO_TEST_SUITE(training_over_ranks)

namespace {

/// A training as each test wants it.
struct wish {
    training_options options{.epochs = 3, .batch = 12, .clip = 5, .block = 3};
    fake_faces training{.windows = 31}, held_out{.windows = 17, .key = 2}; // uneven: batches of 12, 12 and 7
    weighting::any_policy policy = weighting::harder_first{.rate = 0.1};
    std::optional<std::filesystem::path> folder{};
    bool resume = false;
};

struct outcome {
    std::vector<float> values;
    std::vector<epoch_report> reports;
};

template <class Optimiser, class C>
outcome train(wish const& w, Optimiser const& optimiser, C ranks) {
    auto m = fresh();
    trainer t{m, optimiser, w.policy, no_report{}, ranks};
    outcome found;
    if (w.folder) found.reports = t.fit(w.training, w.held_out, w.options, training_folder{*w.folder, {}, w.resume});
    else found.reports = t.fit(w.training, w.held_out, w.options);
    found.values = m.values();
    return found;
}

/// On threads as ranks; `each` changes what a rank wants.
template <class Optimiser>
std::vector<outcome> train_on(int size, wish const& w, Optimiser const& optimiser, std::vector<std::string>* thrown = nullptr,
                              std::function<void(int, wish&)> const& each = {}) {
    std::vector<outcome> found(static_cast<std::size_t>(size));
    auto const failures = thread_ranks::run(size, [&](thread_ranks ranks) {
        wish own = w;
        if (each) each(ranks.rank(), own);
        found[static_cast<std::size_t>(ranks.rank())] = train(own, optimiser, ranks);
    });
    for (auto const& failure : failures) {
        std::string const said = failure ? comm::reason_of(failure) : std::string();
        if (thrown) thrown->push_back(said);
        else BOOST_TEST(said == "");
    }
    return found;
}

bool same_bits(std::vector<float> const& a, std::vector<float> const& b) {
    return std::ranges::equal(a, b, [](float x, float y) { return std::bit_cast<std::uint32_t>(x) == std::bit_cast<std::uint32_t>(y); });
}

/// Everything of a report but the time.
void expect_same(epoch_report const& a, epoch_report const& b) {
    auto const same = [](double x, double y) { return std::bit_cast<std::uint64_t>(x) == std::bit_cast<std::uint64_t>(y); };
    BOOST_TEST(a.steps == b.steps);
    BOOST_TEST(same(a.monitored, b.monitored));
    BOOST_TEST(a.best == b.best);
    for (std::size_t j = 0; j < a.losses.size(); ++j) {
        BOOST_TEST(std::ranges::equal(a.losses[j], b.losses[j], same));
        BOOST_TEST(std::ranges::equal(a.weights[j], b.weights[j], same));
        BOOST_TEST(std::ranges::equal(a.validated.stages[j].losses, b.validated.stages[j].losses, same));
        for (std::size_t t = 0; t < a.validated.stages[j].figures.size(); ++t)
            for (std::size_t f = 0; f < a.validated.stages[j].figures[t].second.size(); ++f)
                BOOST_TEST(same(a.validated.stages[j].figures[t].second[f].second, b.validated.stages[j].figures[t].second[f].second));
    }
    BOOST_REQUIRE(a.conflicts.size() == b.conflicts.size());
    for (std::size_t j = 0; j < a.conflicts.size(); ++j) BOOST_TEST(same(a.conflicts[j].share, b.conflicts[j].share));
}

template <class Optimiser>
void expect_same_on_any_number(wish const& w, Optimiser const& optimiser) {
    auto const expected = train(w, optimiser, comm::one{});
    BOOST_REQUIRE(expected.reports.size() == static_cast<std::size_t>(w.options.epochs));
    BOOST_TEST(!same_bits(expected.values, fresh().values()));
    for (int const size : {1, 2, 3, 4})
        for (auto const& found : train_on(size, w, optimiser)) {
            BOOST_TEST(same_bits(found.values, expected.values), size << " ranks");
            BOOST_REQUIRE(found.reports.size() == expected.reports.size());
            for (std::size_t e = 0; e < expected.reports.size(); ++e) expect_same(found.reports[e], expected.reports[e]);
        }
}

} // namespace

BOOST_AUTO_TEST_CASE(ranks_give_the_bits_of_one) {
    expect_same_on_any_number({}, test::rule);
    expect_same_on_any_number({}, adamw{.rate = 1e-2});
}

BOOST_AUTO_TEST_CASE(ranks_give_the_bits_of_one_under_a_rule_on_the_gramian) {
    expect_same_on_any_number({.policy = weighting::upgrad{}}, test::rule);
}

BOOST_AUTO_TEST_CASE(ranks_choose_hard_examples_of_the_whole_batch) {
    wish w;
    w.options.hard_example_share = 0.4;
    expect_same_on_any_number(w, test::rule);
    auto const all = train({}, test::rule, comm::one{});
    BOOST_TEST(!same_bits(train(w, test::rule, comm::one{}).values, all.values));
}

/// In one block and with nothing that a block has of its own, a step is what it is without ranks, to rounding.
BOOST_AUTO_TEST_CASE(one_block_learns_what_a_whole_batch_learns) {
    for (double const share : {1.0, 0.5})
        for (weighting::any_policy const& policy :
             {weighting::any_policy(weighting::harder_first{.rate = 0.1}), weighting::any_policy(weighting::upgrad{})}) {
            wish w{.options{.epochs = 2, .batch = 8, .hard_example_share = share, .block = 8}, .training{.windows = 24}, .policy = policy};
            w.options.frozen = {"*.dropout*"};
            auto const alone = train(w, test::rule, comm::alone{}), one = train(w, test::rule, comm::one{});
            double largest = 0;
            for (std::size_t i = 0; i < one.values.size(); ++i)
                largest = std::max(largest, std::abs(static_cast<double>(one.values[i]) - static_cast<double>(alone.values[i])));
            BOOST_TEST(largest < 1e-4);
        }
}

BOOST_AUTO_TEST_CASE(validation_over_ranks_finds_what_one_finds_without) {
    wish w;
    w.options.epochs = 1;
    sgd const still{.rate = 0, .momentum = 0};
    w.options.frozen = {"small"}; // and so its statistics
    auto const alone = train(w, still, comm::alone{});
    for (int const size : {1, 3})
        for (auto const& found : train_on(size, w, still)) {
            BOOST_TEST(found.reports[0].validated.windows == 17u);
            for (std::size_t j = 0; j < 2; ++j)
                BOOST_TEST(found.reports[0].validated.stages[j].losses == alone.reports[0].validated.stages[j].losses);
            BOOST_TEST(found.reports[0].monitored == alone.reports[0].monitored);
        }
}

BOOST_AUTO_TEST_CASE(a_checkpoint_resumes_on_another_number_of_ranks) {
    test::folder straight, changing;
    wish w;
    w.options.epochs = 3;
    w.folder = straight.path;
    train(w, test::rule, comm::one{});

    w.folder = changing.path;
    w.resume = true;
    for (auto const& [size, epochs] : {std::pair{4, 1}, std::pair{1, 2}, std::pair{3, 3}}) {
        w.options.epochs = epochs;
        train_on(size, w, test::rule);
    }
    for (auto const name : {"last.safetensors", "best.safetensors"}) {
        auto const left = io::safetensors_file::read(straight.path / name), right = io::safetensors_file::read(changing.path / name);
        BOOST_REQUIRE_EQUAL(left.tensors().size(), right.tensors().size());
        for (auto const& [tensor, info] : left.tensors()) BOOST_TEST((left.bytes(tensor) == right.bytes(tensor)), name << ": " << tensor);
    }
    auto const timeless = [](std::filesystem::path const& out) {
        auto lines = test::log_of(out);
        for (auto& line : lines) line.erase("seconds"), line.erase("images_per_second");
        return lines;
    };
    BOOST_TEST(timeless(straight.path).size() == 3u);
    BOOST_TEST((timeless(straight.path) == timeless(changing.path)));
}

BOOST_AUTO_TEST_CASE(a_checkpoint_of_blocks_is_not_taken_up_without) {
    test::folder out;
    wish w{.folder = out.path};
    w.options.epochs = 1;
    train(w, test::rule, comm::one{});
    w.resume = true;
    w.options.epochs = 2;
    BOOST_CHECK_EXCEPTION(train(w, test::rule, comm::alone{}), option_error,
                          [](auto const& problem) { return std::string(problem.what()).find("'block' was 3") != std::string::npos; });
    w.options.block = 4;
    BOOST_CHECK_EXCEPTION(train(w, test::rule, comm::one{}), option_error, [](auto const& problem) {
        return std::string(problem.what()).find("'block' was 3 and is now 4") != std::string::npos;
    });
}

BOOST_AUTO_TEST_CASE(the_first_difference_is_named_with_its_rank) {
    auto const refused = [](std::function<void(wish&)> const& change) {
        std::vector<std::string> thrown;
        train_on(3, {}, test::rule, &thrown, [&](int rank, wish& w) {
            if (rank == 2) change(w);
        });
        BOOST_TEST(thrown[0] == "rank 2: " + thrown[2]);
        BOOST_TEST(thrown[1] == "rank 2: " + thrown[2]);
        return thrown[2];
    };
    BOOST_TEST(refused([](wish& w) { w.options.batch = 16; }) == "'batch' is 16, but 12 on rank 0");
    BOOST_TEST(refused([](wish& w) { w.options.ranks.batch_norm = batch_norm_over::batch; }) ==
               "'batch normalisation over' is batch, but block on rank 0");
    BOOST_TEST(refused([](wish& w) { w.options.seed = seed{5}; }) == "'seed' is 5, but 1 on rank 0");
    BOOST_TEST(refused([](wish& w) { w.training.photos = "others"; }) == "'training.photos' is others, but noise on rank 0");
    BOOST_TEST(refused([](wish& w) { w.options.frozen = {"small"}; }) ==
               "'frozen' is small, and rank 0 has 'training.photos' in its place: noise");
    BOOST_TEST(refused([](wish& w) { w.policy = weighting::uniform{}; }).find("'policy' is uniform, but harder_first") == 0u);
    BOOST_TEST(refused([](wish& w) { w.options.epochs = 0; }) == "epochs is 0, must be at least 1");
}

BOOST_AUTO_TEST_CASE(fewer_blocks_than_ranks_are_refused) {
    wish w;
    w.options.block = 6;
    std::vector<std::string> thrown;
    train_on(3, w, test::rule, &thrown);
    for (auto const& said : thrown)
        BOOST_TEST(said == "batch is 12, which is 2 blocks of 6 windows (option block), fewer than the 3 ranks");
}

BOOST_AUTO_TEST_CASE(a_rank_that_throws_ends_all_and_the_checkpoint_stays) {
    test::folder out;
    wish w{.folder = out.path};
    std::vector<std::string> thrown;
    train_on(3, w, test::rule, &thrown, [&](int rank, wish& own) {
        if (rank != 1) return;
        own.training.spoil = [](batch&, std::uint64_t epoch, std::size_t number) {
            if (epoch == 2 && number == 1) throw file_error("photos/7.jpg", "is torn");
        };
    });
    BOOST_TEST(thrown[0] == "rank 1: photos/7.jpg: is torn");
    BOOST_TEST(thrown[1] == "photos/7.jpg: is torn");
    BOOST_TEST(thrown[2] == "rank 1: photos/7.jpg: is torn");
    BOOST_TEST(test::log_of(out.path).size() == 1u);
    w.resume = true;
    test::folder straight;
    wish whole{.folder = straight.path};
    auto const resumed = train_on(2, w, test::rule)[1].values;
    BOOST_TEST(same_bits(resumed, train(whole, test::rule, comm::one{}).values));
}

BOOST_AUTO_TEST_CASE(a_loss_that_is_not_finite_is_the_same_error_on_all_ranks) {
    test::folder out;
    wish w{.folder = out.path};
    w.training.spoil = [](batch& b, std::uint64_t epoch, std::size_t number) {
        if (epoch == 2 && number == 0) b.windows[0].data()[0] = std::nanf("");
    };
    std::vector<std::string> thrown;
    auto const found = train_on(3, w, test::rule, &thrown);
    BOOST_TEST(thrown[0].find("epoch 2, step 4: stage ") == 0u);
    BOOST_TEST(thrown[0].find("the last good checkpoint is " + (out.path / "last.safetensors").string()) != std::string::npos);
    BOOST_TEST(thrown[1] == thrown[0]);
    BOOST_TEST(thrown[2] == thrown[0]);
}

BOOST_AUTO_TEST_CASE(any_rank_may_stop_and_rank_0_alone_reports) {
    std::vector<int> reported(3);
    std::vector<std::vector<float>> values(3);
    auto const thrown = thread_ranks::run(3, [&](thread_ranks ranks) {
        auto const here = static_cast<std::size_t>(ranks.rank());
        auto m = fresh();
        trainer t{m, test::rule, weighting::uniform{}, no_report{}, ranks};
        int asked = 0;
        t.on_epoch = [&](epoch_report const&) { ++reported[here]; };
        t.stop = [&] { return here == 2 && ++asked >= 4; }; // of the second epoch, its first step
        BOOST_TEST(t.fit(wish{}.training, wish{}.held_out, wish{}.options).size() == 1u);
        values[here] = m.values();
    });
    for (auto const& failure : thrown) BOOST_TEST(!failure);
    BOOST_TEST(reported == (std::vector{1, 0, 0}), boost::test_tools::per_element());
    BOOST_TEST(same_bits(values[0], values[2]));
}

BOOST_AUTO_TEST_SUITE_END()
