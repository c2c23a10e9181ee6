// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/host_loops/memory.hpp>
#include <mcfa/core/aligned_buffer.hpp>
#include <mcfa/core/error.hpp>

#include <omp.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace mcfa::backend {

/// The fast backend for processors: vector code for the width that the compiler is allowed to use, on OpenMP threads.
/// Results do not depend on the number of threads, bit for bit.
struct eigen {
    static constexpr bool is_host = true;

    template <class T>
    using buffer = aligned_buffer<T>;

    int threads = 0; ///< 0: as many as OpenMP would use

    class execution : public host_memory {
    public:
        using backend_type = eigen;

        explicit execution(eigen const& backend) : threads_(backend.threads > 0 ? backend.threads : omp_get_max_threads()) {}

        int threads() const { return threads_; }
        /// As many threads from the next call on; results stay the same. Throws `option_error` for fewer than 1.
        void use(int threads) {
            if (threads < 1) throw option_error({"threads is ", threads, ", must be at least 1"});
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

        /// body(i) for i = 0 .. count - 1, called as const.
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
        /// For all bodies one loop, and each body compiled once: a body is work enough for a call.
        [[gnu::noinline]] void share(std::int64_t count, void const* body, void (*call)(void const*, std::int64_t, int)) {
            if (threads_ == 1 || count <= 1) {
                for (std::int64_t i = 0; i < count; ++i) call(body, i, 0);
                return;
            }
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads_)
            for (std::int64_t i = 0; i < count; ++i) call(body, i, omp_get_thread_num());
        }

        int threads_;
    };
};

} // namespace mcfa::backend
