// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/comm/communicator.hpp>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

/// Ranks that are threads of one process, as a program may join ranks of its own. Messages between two
/// ranks are numbered in the order of the exchanges, whoever asks for them first.
class thread_ranks {
    struct shared {
        explicit shared(int n) : size(n) {}
        int const size;
        std::map<std::array<int, 4>, std::vector<std::byte>> messages; // by order, sender, receiver and number
        std::map<std::array<int, 3>, int> sent, expected;              // how many, by order, sender and receiver
        int failed = -1;                                               // the first rank that failed
        std::string reason;
        std::mutex mutex;
        std::condition_variable changed;
    };

public:
    class pending {
    public:
        void wait() { take(true); }
        bool done() { return take(false); }

    private:
        friend class thread_ranks;
        struct expected_message {
            std::array<int, 4> key;
            std::span<std::byte> to;
        };
        explicit pending(std::shared_ptr<shared> all) : all_(std::move(all)) {}

        /// Takes what the others have sent; false where something is missing and `waits` is false.
        bool take(bool waits) {
            std::unique_lock lock(all_->mutex);
            for (; !missing_.empty(); missing_.pop_back()) {
                auto const& [key, to] = missing_.back();
                auto const is_there = [&] { return all_->messages.contains(key); };
                if (waits) all_->changed.wait(lock, [&] { return is_there() || all_->failed >= 0; });
                if (!is_there() && all_->failed >= 0) throw mcfa::comm::rank_error(all_->failed, all_->reason);
                if (!is_there()) return false;
                std::ranges::copy(all_->messages.at(key), to.begin());
                all_->messages.erase(key);
            }
            return true;
        }

        std::shared_ptr<shared> all_;
        std::vector<expected_message> missing_;
    };

    int rank() const { return rank_; }
    int size() const { return all_->size; }

    pending exchange(mcfa::comm::outgoing to, mcfa::comm::incoming from) {
        pending started(all_);
        {
            std::lock_guard const lock(all_->mutex);
            for (int r = 0; r < size(); ++r) {
                auto const other = static_cast<std::size_t>(r);
                if (!to[other].empty())
                    all_->messages[{order_, rank_, r, all_->sent[{order_, rank_, r}]++}] = {to[other].begin(), to[other].end()};
                if (!from[other].empty())
                    started.missing_.push_back({{order_, r, rank_, all_->expected[{order_, r, rank_}]++}, from[other]});
            }
        }
        all_->changed.notify_all();
        return started;
    }

    thread_ranks apart() const {
        thread_ranks other = *this;
        ++other.order_;
        return other;
    }

    void stop(std::string const& reason) {
        std::lock_guard const lock(all_->mutex);
        if (all_->failed < 0) all_->failed = rank_, all_->reason = reason;
        all_->changed.notify_all();
    }

    /// Calls f(ranks) on `size` threads, one a rank, and returns what each threw, if it did.
    template <class F>
    static std::vector<std::exception_ptr> run(int size, F const& f) {
        auto const all = std::make_shared<shared>(size);
        std::vector<std::exception_ptr> thrown(static_cast<std::size_t>(size));
        std::vector<std::jthread> threads;
        for (int r = 0; r < size; ++r)
            threads.emplace_back([&, r] {
                try {
                    f(thread_ranks(all, r));
                } catch (...) {
                    thrown[static_cast<std::size_t>(r)] = std::current_exception();
                }
            });
        threads.clear();
        return thrown;
    }

private:
    thread_ranks(std::shared_ptr<shared> all, int rank) : all_(std::move(all)), rank_(rank) {}

    std::shared_ptr<shared> all_;
    int rank_, order_ = 0;
};
static_assert(mcfa::comm::overlapping_communicator<thread_ranks>);
