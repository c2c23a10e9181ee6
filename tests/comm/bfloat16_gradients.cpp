// SPDX-License-Identifier: MIT
#include "../train/small_training.hpp"
#include "thread_ranks.hpp"

#include <mcfa/comm/rounded_sum.hpp>
#include <mcfa/train/over_ranks.hpp>

#include <cmath>

using namespace mcfa;
using mcfa::test::fake_faces, mcfa::test::fresh;

BOOST_AUTO_TEST_SUITE(bfloat16_gradients)

namespace {

/// Counts the bytes that its rank sends.
struct counting_ranks : thread_ranks {
    std::size_t* sent;
    auto exchange(comm::outgoing to, comm::incoming from) {
        for (auto const& bytes : to) *sent += bytes.size();
        return thread_ranks::exchange(to, from);
    }
};

constexpr std::size_t length = 1500, blocks = 8;

double value_of(std::size_t step, std::size_t block, std::size_t i) {
    return random_stream{split_key(split_key(step, block), i)}.normal() * std::exp(3 * random_stream{split_key(11, i)}.normal());
}

template <class C>
void add_step(comm::rounded_sum<double, C>& sum, C const& ranks, std::size_t step) {
    comm::division const all{blocks, ranks.size()};
    sum.begin(all);
    for (std::size_t b = all.first(ranks.rank()); b < all.last(ranks.rank()); ++b)
        sum.add_by([&](std::span<double> row) {
            for (std::size_t i = 0; i < length; ++i) row[i] = value_of(step, b, i);
        });
    sum.start();
}

} // namespace

BOOST_AUTO_TEST_CASE(what_was_sent_is_the_sum_of_the_gradients_up_to_the_last_remainder) {
    constexpr std::size_t steps = 8;
    for (int const size : {1, 2, 3})
        for (comm::sum_to const goal : {comm::sum_to::all, comm::sum_to::owners}) {
            std::vector<std::vector<double>> results(static_cast<std::size_t>(size)), lost = results, lost_of_sums = results;
            auto const thrown = thread_ranks::run(size, [&](thread_ranks ranks) {
                auto const here = static_cast<std::size_t>(ranks.rank());
                comm::rounded_sum<double, thread_ranks> sum(ranks, length, 64, goal);
                std::size_t const first = goal == comm::sum_to::owners ? comm::row_parts{length, size, 64}.first(ranks.rank()) : 0;
                results[here].resize(length);
                for (std::size_t step = 0; step < steps; ++step) {
                    add_step(sum, ranks, step);
                    auto const found = sum.wait();
                    for (std::size_t i = 0; i < found.size(); ++i) results[here][first + i] += found[i];
                }
                lost[here].assign(sum.lost().begin(), sum.lost().end());
                lost_of_sums[here].assign(sum.lost_of_sums().begin(), sum.lost_of_sums().end());
            });
            for (auto const& failure : thrown) BOOST_TEST(!failure);
            if (goal == comm::sum_to::all)
                for (auto const& each : results) BOOST_TEST((each == results[0]));

            std::vector<double> received = results[0], remainder(length);
            if (goal == comm::sum_to::owners) // each rank has its part
                for (std::size_t r = 1; r < results.size(); ++r)
                    for (std::size_t i = 0; i < length; ++i) received[i] += results[r][i];
            for (int r = 0; r < size; ++r) {
                auto const here = static_cast<std::size_t>(r);
                std::size_t const first = comm::row_parts{length, size, 64}.first(r);
                for (std::size_t i = 0; i < lost[here].size(); ++i) remainder[i] += lost[here][i];
                for (std::size_t i = 0; i < lost_of_sums[here].size(); ++i) remainder[first + i] += lost_of_sums[here][i];
            }
            double largest = 0, kept_back = 0;
            for (std::size_t i = 0; i < length; ++i) {
                double expected = 0, scale = 1e-300;
                for (std::size_t step = 0; step < steps; ++step)
                    for (std::size_t b = 0; b < blocks; ++b) expected += value_of(step, b, i), scale += std::abs(value_of(step, b, i));
                largest = std::max(largest, std::abs(received[i] + remainder[i] - expected) / scale);
                kept_back = std::max(kept_back, std::abs(remainder[i]) / scale);
            }
            BOOST_TEST(largest < 1e-12, size << " ranks: " << largest);
            BOOST_TEST(kept_back < 0.01);
            BOOST_TEST((kept_back > 0) == (size > 1));
        }
}

BOOST_AUTO_TEST_CASE(half_as_many_bytes_are_sent) {
    for (int const size : {2, 4}) {
        std::vector<std::size_t> sent(static_cast<std::size_t>(size));
        thread_ranks::run(size, [&](thread_ranks ranks) {
            counting_ranks counting{ranks, &sent[static_cast<std::size_t>(ranks.rank())]};
            comm::rounded_sum<double, counting_ranks> sum(counting, length);
            add_step(sum, counting, 0);
            sum.wait();
        });
        for (std::size_t const bytes : sent) BOOST_TEST(bytes == 2 * 2 * (length - length / static_cast<std::size_t>(size)));
    }
}

BOOST_AUTO_TEST_CASE(a_training_converges_as_without_rounding) {
    training_options options{.epochs = 8, .batch = 12, .clip = 5, .block = 3};
    auto const losses = [&](bool rounds, bool shares) {
        options.ranks = {.share_moments = shares, .bfloat16_gradients = rounds};
        std::vector<double> found;
        auto const thrown = thread_ranks::run(3, [&](thread_ranks ranks) {
            auto m = fresh();
            trainer t{m, sgd{.rate = 0.02}, weighting::uniform{}, no_report{}, ranks};
            auto const reports = t.fit(fake_faces{.windows = 60}, fake_faces{.windows = 17, .key = 2}, options);
            if (ranks.rank() > 0) return;
            for (auto const& report : reports) found.push_back(report.monitored);
        });
        for (auto const& failure : thrown) BOOST_TEST(!failure, comm::reason_of(failure ? failure : std::make_exception_ptr(0)));
        BOOST_REQUIRE(found.size() == 8u);
        return found;
    };
    auto const exact = losses(false, false);
    BOOST_TEST(exact.back() < 0.8 * exact.front());
    for (bool const shares : {false, true}) {
        auto const rounded = losses(true, shares);
        BOOST_TEST(std::abs(rounded.back() - exact.back()) < 0.03 * exact.back());
        BOOST_TEST(rounded.back() != exact.back());
    }
}

BOOST_AUTO_TEST_SUITE_END()
