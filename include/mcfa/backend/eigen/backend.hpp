// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/threads/processors.hpp>
#include <mcfa/backend/eigen/threads/team.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>
#include <mcfa/backend/host_loops/memory.hpp>
#include <mcfa/core/aligned_buffer.hpp>
#include <mcfa/core/error.hpp>
#include <mcfa/core/raise.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace mcfa::backend {
inline namespace MCFA_VECTORS {

/// The fast CPU backend: vector code of the width enabled at compile time, on threads of Eigen's pool. Results are bit-identical for any
/// number of threads.
///
/// The calling thread works too, so a loop uses `threads` - 1 others: those of `pool`, or threads that this value and its copies (also
/// those in models, workspaces and detectors) share. Own threads start at the first loop that needs them, sleep while idle, and end with
/// the last copy.
struct eigen {
    static constexpr bool is_host = true;

    template <class T>
    using buffer = aligned_buffer<T>;

    /// Number of threads that work on one call, including the caller; 0: all processors available to the process, or all threads of `pool`.
    int threads = 0;
    /// The application's threads, used in place of own ones; must outlive every call. A forked child has none of them and runs on the
    /// caller's thread alone, unless it makes a new pool and a new backend.
    Eigen::ThreadPoolInterface* pool = nullptr;
    /// The backend's own threads, shared by its copies.
    std::shared_ptr<eigen_engine::own_threads> own = std::make_shared<eigen_engine::own_threads>();

    class execution : public host_memory {
    public:
        using backend_type = eigen;

        /// Throws `option_error` for a negative number of threads.
        explicit execution(eigen const& backend) : threads_(number_of_threads(backend)), team_(backend.own, backend.pool) {}

        int threads() const { return threads_; }
        /// Changes the number of threads from the next call on; results stay the same. Throws `option_error` if it is below 1.
        void use(int threads) {
            if (threads < 1) raise(option_error({"threads is ", threads, ", must be at least 1"}));
            threads_ = threads;
        }

        /// Runs small operations on one thread: below `least_shared` multiply-adds, waking the team (about 10 us) costs more
        /// than it saves.
        class serial_guard {
        public:
            serial_guard(execution& run, double multiply_adds) : run_(run), before_(run.threads_) {
                if (multiply_adds < least_shared) run.threads_ = 1;
            }
            ~serial_guard() { run_.threads_ = before_; }
            serial_guard(serial_guard const&) = delete;
            serial_guard& operator=(serial_guard const&) = delete;

        private:
            static constexpr double least_shared = 2.5e5;
            execution& run_;
            int before_;
        };

        /// Calls body(i), as const, for i = 0 .. count - 1. Throws the first exception of a body once all threads have left. A nested
        /// launch, on any execution, runs on its own thread alone.
        template <class F>
        void launch(std::int64_t count, F const& body) {
            share(count, &body, [](void const* f, std::int64_t i, int) { (*static_cast<F const*>(f))(i); });
        }

        /// body(i, thread) for i = 0 .. count - 1, where 0 <= thread < threads(): the thread names the scratch memory to use.
        template <class F>
        void launch_on_threads(std::int64_t count, F const& body) {
            share(count, &body, [](void const* f, std::int64_t i, int thread) { (*static_cast<F const*>(f))(i, thread); });
        }

        /// Scratch memory of `count` values for each thread; thread t's part begins at t * (result size / threads()).
        template <class T, class Name>
        std::span<T> thread_scratch(Name name, std::size_t count) {
            std::size_t const line = aligned_buffer<T>::alignment / sizeof(T);
            return scratch<T>(name, (count + line - 1) / line * line * threads_);
        }

    private:
        /// Type-erased, so that the loop is compiled once for all bodies; a body is large enough to pay for an indirect call.
        [[gnu::noinline]] void share(std::int64_t count, void const* body, void (*call)(void const*, std::int64_t, int)) {
            if (threads_ > 1 && count > 1 && !eigen_engine::parallel_region::current().region) {
                team_.run(threads_, count, body, call);
                return;
            }
            int const thread = team_.number_of_this_thread();
            for (std::int64_t i = 0; i < count; ++i) call(body, i, thread);
        }

        static int number_of_threads(eigen const& backend) {
            if (backend.threads > 0) return backend.threads;
            if (backend.threads < 0)
                raise(option_error({"backend::eigen has threads = ", backend.threads, ", must be 0 (as many as there are) or more"}));
            return backend.pool ? std::max(backend.pool->NumThreads(), 1) : eigen_engine::available_processors();
        }

        int threads_;
        eigen_engine::team team_;
    };
};

} // namespace MCFA_VECTORS
} // namespace mcfa::backend
