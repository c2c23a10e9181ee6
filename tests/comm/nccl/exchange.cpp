// SPDX-License-Identifier: MIT
// comm::nccl over in_memory.cpp: what it asks of NCCL and of CUDA, without a GPU.
#include "../thread_ranks.hpp"

#include <mcfa/comm/alone.hpp>
#include <mcfa/comm/nccl.hpp>
#include <mcfa/comm/ordered_sum.hpp>

#include <boost/test/unit_test.hpp>

#include <cstring>
#include <numeric>
#include <stdexcept>

using namespace mcfa;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(nccl)

namespace {

/// Calls f(ranks) on so many threads, and throws what the first of them threw.
template <class F>
void on_ranks(int size, F const& f) {
    for (auto const& thrown : thread_ranks::run(size, [&](thread_ranks const& ranks) { f(comm::nccl(ranks, ranks.rank())); }))
        if (thrown) std::rethrow_exception(thrown);
}

/// One rank, which throws when it is to end the others.
struct throwing : comm::one {
    [[noreturn]] void stop(std::string const& reason) { throw std::runtime_error(reason); }
};

/// The first of two ranks, which tells the id to `sent` alone.
struct first_of_two : throwing {
    ncclUniqueId* sent = nullptr;
    static constexpr int size() { return 2; }
    nothing exchange(comm::outgoing to, comm::incoming) {
        if (sent != nullptr) std::memcpy(sent, to[1].data(), to[1].size());
        return {};
    }
};

std::vector<int> message(int from, int to, int number, std::size_t length) {
    std::vector<int> values(length);
    std::iota(values.begin(), values.end(), 1000 * from + 100 * to + 10 * number);
    return values;
}

} // namespace

BOOST_AUTO_TEST_CASE(each_rank_gets_what_was_sent_to_it_in_whatever_order_it_waits) {
    on_ranks(3, [](comm::nccl ranks) {
        int const here = ranks.rank();
        std::vector<std::vector<std::vector<int>>> received(4, std::vector<std::vector<int>>(3));
        std::vector<comm::nccl::pending> under_way;
        for (int number = 0; number < 4; ++number) {
            std::vector<std::vector<int>> sent(3); // which is gone before anybody waits
            std::vector<std::span<std::byte const>> to(3);
            std::vector<std::span<std::byte>> from(3);
            for (int r = 0; r < 3; ++r) {
                if (r == here) continue;
                auto const at = static_cast<std::size_t>(r);
                sent[at] = message(here, r, number, static_cast<std::size_t>(1 + 300 * here + r));
                received[static_cast<std::size_t>(number)][at].resize(static_cast<std::size_t>(1 + 300 * r + here));
                to[at] = std::as_bytes(std::span(sent[at]));
                from[at] = std::as_writable_bytes(std::span(received[static_cast<std::size_t>(number)][at]));
            }
            under_way.push_back(ranks.exchange(to, from));
        }
        for (std::size_t const number : {2u, 0u, 3u, 1u}) {
            under_way[number].wait();
            for (int r = 0; r < 3; ++r)
                if (r != here && received[number][static_cast<std::size_t>(r)] !=
                                     message(r, here, static_cast<int>(number), static_cast<std::size_t>(1 + 300 * r + here)))
                    throw std::logic_error("another message was received");
        }
    });
}

BOOST_AUTO_TEST_CASE(sums_have_the_bits_of_one_rank) {
    auto const row = [](std::size_t block) {
        std::vector<float> values(5000);
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] = 1.0f / static_cast<float>(1 + i * block % 97) + static_cast<float>(block);
        return values;
    };
    auto const sum_of = [&](auto ranks) {
        comm::division const all{6, ranks.size()};
        comm::ordered_sum<float, decltype(ranks)> sum(ranks, all, 5000);
        for (std::size_t b = all.first(ranks.rank()); b < all.last(ranks.rank()); ++b) sum.add(row(b));
        sum.start();
        auto const found = sum.wait();
        return std::vector<float>(found.begin(), found.end());
    };
    auto const expected = sum_of(comm::one{});
    for (int size = 1; size <= 4; ++size)
        on_ranks(size, [&](comm::nccl ranks) {
            if (sum_of(ranks) != expected) throw std::logic_error("the sums differ");
        });
}

BOOST_AUTO_TEST_CASE(ranks_that_agree_on_an_id_by_themselves_reach_each_other) {
    auto const id = comm::nccl::new_id();
    std::vector<int> found(2);
    std::vector<std::jthread> threads;
    for (int r = 0; r < 2; ++r)
        threads.emplace_back([&, r] {
            comm::nccl ranks(id, r, 2, r);
            found[static_cast<std::size_t>(r)] = 10 + r;
            comm::broadcast(ranks, std::span(&found[static_cast<std::size_t>(r)], 1));
        });
    threads.clear();
    BOOST_TEST(found == (std::vector{10, 10}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_rank_that_is_not_answered_ends_all_when_its_patience_does) {
    comm::nccl ranks(first_of_two{}, 0, 1s);
    int answer = 0;
    std::vector<std::span<std::byte const>> const to(2);
    std::vector<std::span<std::byte>> const from{{}, std::as_writable_bytes(std::span(&answer, 1))};
    auto under_way = ranks.exchange(to, from);
    BOOST_CHECK_EXCEPTION(under_way.wait(), std::runtime_error, [](std::runtime_error const& problem) {
        return std::string(problem.what()) == "another rank has not answered for 1 s";
    });
}

BOOST_AUTO_TEST_CASE(an_error_of_nccl_ends_all_with_its_text) {
    ncclUniqueId id{};
    comm::nccl first(first_of_two{{}, &id}, 0), second(id, 1, 2, 1);
    int const sent = 3;
    double expected = 0; // which is longer
    std::vector<std::span<std::byte const>> const to{std::as_bytes(std::span(&sent, 1)), {}}, nothing(2);
    std::vector<std::span<std::byte>> const from{{}, std::as_writable_bytes(std::span(&expected, 1))}, no_room(2);
    second.exchange(to, no_room).wait();
    auto under_way = first.exchange(nothing, from);
    BOOST_CHECK_EXCEPTION(under_way.wait(), std::runtime_error,
                          [](std::runtime_error const& problem) { return std::string(problem.what()) == "NCCL: invalid usage"; });
}

BOOST_AUTO_TEST_CASE(a_gpu_that_there_is_not_is_an_error_by_name) {
    BOOST_CHECK_EXCEPTION(comm::nccl(throwing{}, 99), comm::nccl_error, [](comm::nccl_error const& problem) {
        return std::string(problem.what()) == "cudaSetDevice: invalid device ordinal";
    });
}

BOOST_AUTO_TEST_SUITE_END()
