// SPDX-License-Identifier: MIT
#include "thread_ranks.hpp"

#include <mcfa/comm/alone.hpp>
#include <mcfa/comm/background_sums.hpp>
#include <mcfa/comm/collective.hpp>
#include <mcfa/comm/ordered_sum.hpp>
#include <mcfa/comm/together.hpp>
#include <mcfa/core/random.hpp>

#include <boost/test/unit_test.hpp>

#include <bit>
#include <cmath>
#include <cstdint>
#include <thread>
#include <tuple>

using namespace mcfa;

BOOST_AUTO_TEST_SUITE(sums)

namespace {

std::vector<float> row_of_block(std::size_t block, std::size_t length) {
    random_stream random{split_key(7, block)};
    std::vector<float> row(length);
    for (float& value : row) value = static_cast<float>(random.normal() * std::exp(8 * random.normal())); // so that their order matters
    return row;
}

template <class C>
std::vector<float> sum_of(C ranks, std::size_t blocks, std::size_t length) {
    comm::division const all{blocks, ranks.size()};
    comm::ordered_sum<float, C> sum(ranks, all, length);
    for (std::size_t b = all.first(ranks.rank()); b < all.last(ranks.rank()); ++b) sum.add(row_of_block(b, length));
    sum.start();
    auto const found = sum.wait();
    return {found.begin(), found.end()};
}

bool same_bits(std::vector<float> const& a, std::vector<float> const& b) {
    return std::ranges::equal(a, b, [](float x, float y) { return std::bit_cast<std::uint32_t>(x) == std::bit_cast<std::uint32_t>(y); });
}

/// The tree, written down as it is defined: a pair of halves, the left of them a power of two.
std::vector<float> tree(std::size_t first, std::size_t count, std::size_t length) {
    if (count == 1) return row_of_block(first, length);
    std::size_t const left = std::bit_floor(count - 1);
    auto sum = tree(first, left, length);
    auto const right = tree(first + left, count - left, length);
    for (std::size_t i = 0; i < length; ++i) sum[i] += right[i];
    return sum;
}

} // namespace

BOOST_AUTO_TEST_CASE(the_sum_of_blocks_has_the_same_bits_for_any_number_of_ranks) {
    for (std::size_t const length : {std::size_t{5}, std::size_t{5001}})
        for (std::size_t const blocks : {1, 2, 3, 4, 6, 7, 8, 13, 16}) {
            auto const expected = tree(0, blocks, length);
            BOOST_TEST(same_bits(sum_of(comm::one{}, blocks, length), expected), blocks << " blocks");
            for (int const size : {1, 2, 3, 4, 5}) {
                std::vector<std::vector<float>> found(static_cast<std::size_t>(size));
                auto const thrown = thread_ranks::run(
                    size, [&](thread_ranks ranks) { found[static_cast<std::size_t>(ranks.rank())] = sum_of(ranks, blocks, length); });
                for (std::size_t r = 0; r < found.size(); ++r) {
                    BOOST_TEST(!thrown[r]);
                    BOOST_TEST(same_bits(found[r], expected), blocks << " blocks, rank " << r << " of " << size);
                }
            }
        }
}

BOOST_AUTO_TEST_CASE(a_run_of_blocks_is_sent_as_few_nodes) {
    BOOST_TEST(comm::nodes_of(0, 8).size() == 1u);
    BOOST_TEST(comm::nodes_of(4, 8).size() == 1u);
    BOOST_TEST(comm::nodes_of(0, 7).size() == 3u);
    BOOST_TEST(comm::nodes_of(3, 7).size() == 3u); // 3, 4 and 5, 6
    BOOST_TEST(comm::nodes_of(3, 3).size() == 0u);
}

namespace {

/// Counts the bytes that its rank sends.
struct counting_ranks : thread_ranks {
    std::size_t* sent;
    auto exchange(comm::outgoing to, comm::incoming from) {
        for (auto const& bytes : to) *sent += bytes.size();
        return thread_ranks::exchange(to, from);
    }
};

} // namespace

BOOST_AUTO_TEST_CASE(a_rank_sends_two_rows_less_its_own_parts) {
    constexpr std::size_t length = 12000;
    for (auto const& [size, blocks, nodes] : {std::tuple{2, 8, 1}, std::tuple{4, 8, 1}, std::tuple{3, 12, 1}, std::tuple{2, 12, 2}}) {
        std::vector<std::size_t> sent(static_cast<std::size_t>(size));
        thread_ranks::run(size, [&](thread_ranks ranks) {
            sum_of(counting_ranks{ranks, &sent[static_cast<std::size_t>(ranks.rank())]}, static_cast<std::size_t>(blocks), length);
        });
        auto const part = length / static_cast<std::size_t>(size) * (static_cast<std::size_t>(size) - 1) * sizeof(float);
        for (std::size_t const bytes : sent) BOOST_TEST(bytes == part * static_cast<std::size_t>(nodes) + part);
    }
}

BOOST_AUTO_TEST_CASE(broadcast_gather_any_and_sum_reach_all_ranks) {
    auto const thrown = thread_ranks::run(3, [](thread_ranks ranks) {
        int const here = ranks.rank();
        std::vector<int> values{here, 10 + here};
        comm::broadcast(ranks, std::span(values), 2);
        if (values != std::vector{2, 12}) throw std::runtime_error("broadcast");
        std::vector<std::string> const expected{"", "b", "bb"};
        if (comm::gather_texts(ranks, expected[static_cast<std::size_t>(here)]) != expected) throw std::runtime_error("gather_texts");
        if (!comm::any(ranks, here == 1) || comm::any(ranks, false)) throw std::runtime_error("any");
        if (comm::text_of_first(ranks, std::to_string(here)) != "0") throw std::runtime_error("text_of_first");
        std::vector<double> sums{1.0 * here, 1};
        comm::sum(ranks, std::span(sums));
        if (sums != std::vector<double>{3, 3}) throw std::runtime_error("sum");
        comm::barrier(ranks);
    });
    for (auto const& failure : thrown) BOOST_TEST(!failure, comm::reason_of(failure ? failure : std::make_exception_ptr(0)));
}

BOOST_AUTO_TEST_CASE(several_sums_are_under_way_at_a_time) {
    auto const thrown = thread_ranks::run(3, [](thread_ranks ranks) {
        comm::division const blocks{6, 3};
        std::vector<comm::ordered_sum<float, thread_ranks>> all;
        for (std::size_t length : {10, 20, 5000}) {
            auto& sum = all.emplace_back(ranks, blocks, length);
            for (std::size_t b = blocks.first(ranks.rank()); b < blocks.last(ranks.rank()); ++b) sum.add(row_of_block(b, length));
            sum.start();
        }
        for (auto& sum : all) {
            auto const found = sum.wait();
            if (!same_bits({found.begin(), found.end()}, tree(0, 6, found.size()))) throw std::runtime_error("another sum");
        }
    });
    for (auto const& failure : thrown) BOOST_TEST(!failure);
}

BOOST_AUTO_TEST_CASE(sums_go_on_without_being_waited_for) {
    auto const thrown = thread_ranks::run(3, [](thread_ranks ranks) {
        comm::division const blocks{6, 3};
        comm::background_sums<comm::ordered_sum<float, thread_ranks>> all;
        for (std::size_t const length : {10, 5000, 6000}) all.push_back({ranks, length, 64});
        for (int turn = 0; turn < 2; ++turn) { // their memory serves again
            for (std::size_t i = 0; i < 3; ++i) {
                all[i].begin(blocks);
                std::size_t const length = i == 0 ? 10 : 4000 + 1000 * i;
                for (std::size_t b = blocks.first(ranks.rank()); b < blocks.last(ranks.rank()); ++b) all[i].add(row_of_block(b, length));
                all.start(i);
                all.advance();
            }
            for (std::size_t i = 0; i < 3; ++i)
                while (!all[i].advance()) std::this_thread::yield();
            all.wait_to_gather();
            for (std::size_t i = 0; i < 3; ++i) {
                auto const found = all[i].wait();
                if (!same_bits({found.begin(), found.end()}, tree(0, 6, found.size()))) throw std::runtime_error("another sum");
            }
        }
    });
    for (auto const& failure : thrown) BOOST_TEST(!failure, comm::reason_of(failure ? failure : std::make_exception_ptr(0)));
}

BOOST_AUTO_TEST_CASE(what_one_rank_throws_all_throw) {
    auto const thrown = thread_ranks::run(3, [](thread_ranks ranks) {
        comm::together(ranks, [&] {
            if (ranks.rank() == 1) throw option_error("batch is 0");
        });
    });
    for (std::size_t r = 0; r < 3; ++r) BOOST_TEST(comm::reason_of(thrown[r]) == (r == 1 ? "batch is 0" : "rank 1: batch is 0"));
}

BOOST_AUTO_TEST_SUITE_END()
