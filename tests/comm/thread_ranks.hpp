// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/comm/communicator.hpp>

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

/// Ranks that are threads of one process, as a program may join ranks of its own. What is sent waits in a queue for each pair of ranks.
class thread_ranks {
    struct shared {
        explicit shared(int n) : size(n), queues(static_cast<std::size_t>(n) * static_cast<std::size_t>(n)) {}
        int const size;
        std::vector<std::deque<std::vector<std::byte>>> queues; // by sender, then receiver
        int failed = -1;                                        // the first rank that failed
        std::string reason;
        std::mutex mutex;
        std::condition_variable changed;

        std::deque<std::vector<std::byte>>& queue(int from, int to) {
            return queues[static_cast<std::size_t>(from) * static_cast<std::size_t>(size) + static_cast<std::size_t>(to)];
        }
    };

public:
    class pending {
    public:
        pending(std::shared_ptr<shared> all, int rank, mcfa::comm::incoming from)
            : all_(std::move(all)), rank_(rank), from_(from.begin(), from.end()) {}
        void wait() {
            std::unique_lock lock(all_->mutex);
            for (std::size_t r = 0; r < from_.size(); ++r) {
                if (from_[r].empty()) continue;
                auto& queue = all_->queue(static_cast<int>(r), rank_);
                all_->changed.wait(lock, [&] { return !queue.empty() || all_->failed >= 0; });
                if (queue.empty()) throw mcfa::comm::rank_error(all_->failed, all_->reason);
                std::copy(queue.front().begin(), queue.front().end(), from_[r].begin());
                queue.pop_front();
            }
        }

    private:
        std::shared_ptr<shared> all_;
        int rank_;
        std::vector<std::span<std::byte>> from_;
    };

    int rank() const { return rank_; }
    int size() const { return all_->size; }

    pending exchange(mcfa::comm::outgoing to, mcfa::comm::incoming from) {
        {
            std::lock_guard const lock(all_->mutex);
            for (std::size_t r = 0; r < to.size(); ++r)
                if (!to[r].empty()) all_->queue(rank_, static_cast<int>(r)).emplace_back(to[r].begin(), to[r].end());
        }
        all_->changed.notify_all();
        return {all_, rank_, from};
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
    int rank_;
};
static_assert(mcfa::comm::communicator<thread_ranks>);
