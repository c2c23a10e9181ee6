// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/threads/eigen_thread_pool.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>
#include <mcfa/core/raise.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <utility>
#include <vector>

namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {

/// Runs the items of one caller's loops, one loop at a time, on the calling thread and on helpers from thread pools. All take items from a
/// counter, and the caller waits only for helpers that have begun; a helper that its pool starts late finds the loop closed. Helpers and
/// the owner share the region's memory.
class parallel_region {
public:
    /// body(item, thread) of a loop whose type is erased.
    using function = void (*)(void const* body, std::int64_t item, int thread);

    /// A region with one helper from each of these pools.
    explicit parallel_region(std::vector<Eigen::ThreadPoolInterface*> pools)
        : pools_(std::move(pools)), asked_(std::make_unique<std::atomic<bool>[]>(pools_.size())) {}

    /// call(body, i, thread) for i = 0 .. count - 1, where 0 <= thread < threads and no two at a time have one number. Throws the
    /// first exception of a body, after all threads have left; some items are then not run.
    void run(int threads, std::int64_t count, void const* body, function call) {
        auto const start = clock::now();
        loop_ = {threads, count, body, call};
        next_item_.store(0, std::memory_order_relaxed);
        helpers_entered_.store(0, std::memory_order_relaxed);
        if (loops_alone_ > 0) {
            --loops_alone_;
            work(0);
        } else {
            gate_.fetch_or(open, std::memory_order_seq_cst);
            std::size_t const helpful = std::min<std::int64_t>(threads, count) - 1;
            for (std::size_t i = 0; i < std::min(helpful, pools_.size()); ++i) ask(i);
            work(0);
            close(start);
        }
        if (failed_.load(std::memory_order_relaxed)) {
            failed_.store(false, std::memory_order_relaxed);
            std::rethrow_exception(std::exchange(failure_, nullptr));
        }
    }

    /// Releases the owner's reference.
    void release() {
        if (holders_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
    }

    /// The region that the calling thread works for and its thread number there; no region outside of bodies.
    struct place {
        parallel_region const* region = nullptr;
        int thread = 0;
    };
    static place& current() {
        static thread_local place here;
        return here;
    }

private:
    using clock = std::chrono::steady_clock;

    ~parallel_region() = default;

    struct loop {
        int threads = 0;
        std::int64_t count = 0;
        void const* body = nullptr;
        function call = nullptr;
    };

    /// Requests a helper from pool i, unless an earlier request is still pending. The request is small enough for std::function not to
    /// allocate.
    void ask(std::size_t i) {
        if (asked_[i].exchange(true, std::memory_order_seq_cst)) return;
        holders_.fetch_add(1, std::memory_order_relaxed);
        attempt_any([&] { pools_[i]->Schedule([this, i] { help(i); }); },
                    [&] { // a pool that accepts no work: the other threads do it
                        asked_[i].store(false, std::memory_order_relaxed);
                        release();
                    });
    }

    /// Either this sees the gate that the owner opened before its request, or the owner sees no pending request and makes a new one.
    void help(std::size_t i) {
        asked_[i].store(false, std::memory_order_seq_cst);
        if (gate_.fetch_add(1, std::memory_order_seq_cst) & open) {
            int const thread = helpers_entered_.fetch_add(1, std::memory_order_relaxed) + 1;
            if (thread < loop_.threads) work(thread);
        }
        std::uint32_t const before = gate_.fetch_sub(1, std::memory_order_acq_rel);
        if ((before & asleep) && (before & helpers) == 1) gate_.notify_one();
        release();
    }

    void work(int thread) {
        place& here = current();
        place const outer = std::exchange(here, place{this, thread});
        attempt_any(
            [&] {
                for (;;) {
                    std::int64_t const item = next_item_.fetch_add(1, std::memory_order_relaxed);
                    if (item >= loop_.count) break;
                    loop_.call(loop_.body, item, thread);
                }
            },
            [&] {
                next_item_.store(loop_.count, std::memory_order_relaxed);
                if (!failed_.exchange(true, std::memory_order_relaxed)) failure_ = std::current_exception();
            });
        here = outer;
    }

    /// Lets no helper in and waits for those inside: first spinning, as most end at once, then asleep, which frees a core for a helper that
    /// the system has preempted. If that took longer than the caller's own share of the loop, another program holds the helper's core, and
    /// the caller does some loops alone: 4 at first, 4 times as many if it happens again.
    void close(clock::time_point start) {
        std::uint32_t gate = gate_.fetch_and(~open, std::memory_order_acq_rel);
        for (int spins = 0; (gate & helpers) && spins < most_spins; ++spins) {
            pause();
            gate = gate_.load(std::memory_order_acquire);
        }
        if (!(gate & helpers)) {
            penalty_ /= 2;
            return;
        }
        auto const asleep_since = clock::now();
        gate = gate_.fetch_or(asleep, std::memory_order_acq_rel) | asleep;
        while (gate & helpers) {
            gate_.wait(gate, std::memory_order_acquire);
            gate = gate_.load(std::memory_order_acquire);
        }
        gate_.fetch_and(~asleep, std::memory_order_relaxed);
        if (clock::now() - asleep_since > asleep_since - start + least_stall) {
            penalty_ = std::clamp(4 * penalty_, 4, 256);
            loops_alone_ = penalty_;
        }
    }

    static void pause() {
#if defined(__x86_64__) || defined(__i386__)
        __builtin_ia32_pause();
#elif defined(__aarch64__)
        asm volatile("isb");
#endif
    }

    static constexpr std::uint32_t open = 1u << 31, asleep = 1u << 30, helpers = asleep - 1;
    static constexpr int most_spins = 1000; // some 20 to 50 us
    static constexpr std::chrono::microseconds least_stall{100};

    std::vector<Eigen::ThreadPoolInterface*> const pools_;
    std::unique_ptr<std::atomic<bool>[]> const asked_; ///< by pool: a requested helper that has not begun yet
    std::atomic<int> holders_{1};                      ///< the owner, and helpers requested or at work
    loop loop_;
    std::atomic<bool> failed_{false};
    std::exception_ptr failure_;
    int loops_alone_ = 0;                            ///< loops still to run without helpers
    int penalty_ = 0;                                ///< last value of `loops_alone_` set, halved by each loop without a preempted helper
    alignas(64) std::atomic<std::uint32_t> gate_{0}; ///< `open`, `asleep` (the owner), and the number of helpers inside
    std::atomic<int> helpers_entered_{0};            ///< since the gate was opened
    alignas(64) std::atomic<std::int64_t> next_item_{0};
};

} // namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS
