// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/threads/eigen_thread_pool.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>
#include <mcfa/core/raise.hpp>

#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <system_error>
#include <vector>

namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {

/// The threads that a value of `backend::eigen` and its copies own. They start when a parallel region first needs them and sleep between
/// regions; any number of callers share them. A forked child has none of its parent's threads and starts its own.
///
/// Each thread is a pool of its own: the constructor of a larger `Eigen::ThreadPool` never returns if one of its threads cannot
/// start, and a pool cannot grow.
class own_threads {
public:
    own_threads() = default;
    own_threads(own_threads const&) = delete;
    own_threads& operator=(own_threads const&) = delete;
    ~own_threads() {
        crew* const last = crew_.load(std::memory_order_acquire);
        if (!last) return;
        if (last->process == getpid()) delete last;
        else abandon(last);
    }

    /// The process that made this value.
    pid_t process() const { return process_; }

    /// The first `count` threads, fewer if the system cannot start them all.
    std::vector<Eigen::ThreadPoolInterface*> first(std::size_t count) {
        crew& c = current();
        std::lock_guard const lock(c.mutex);
        std::vector<Eigen::ThreadPoolInterface*> found;
        found.reserve(count);
        attempt<std::system_error>(
            [&] {
                while (c.pools.size() < count) c.pools.push_back(std::make_unique<Eigen::ThreadPool>(1));
            },
            [](std::system_error const&) {}); // a limit of the system; the threads that did start do the work
        for (std::size_t i = 0; i < count && i < c.pools.size(); ++i) found.push_back(c.pools[i].get());
        return found;
    }

private:
    struct crew {
        pid_t process;
        std::mutex mutex;
        std::vector<std::unique_ptr<Eigen::ThreadPool>> pools;
        crew* next_abandoned = nullptr;
    };

    crew& current() {
        pid_t const process = getpid();
        crew* found = crew_.load(std::memory_order_acquire);
        while (!found || found->process != process) {
            auto fresh = std::make_unique<crew>();
            fresh->process = process;
            crew* const before = found;
            if (!crew_.compare_exchange_strong(found, fresh.get(), std::memory_order_acq_rel)) continue;
            if (before) abandon(before);
            found = fresh.release();
        }
        return *found;
    }

    /// Leaks the parent's threads in a forked child: there is no thread to join, and their locks may be held for ever.
    static void abandon(crew* lost) {
        static std::atomic<crew*> all{nullptr};
        lost->next_abandoned = all.load(std::memory_order_relaxed);
        while (!all.compare_exchange_weak(lost->next_abandoned, lost, std::memory_order_acq_rel)) {
        }
    }

    pid_t const process_ = getpid();
    std::atomic<crew*> crew_{nullptr};
};

} // namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS
