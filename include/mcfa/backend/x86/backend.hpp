// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/host_loops/memory.hpp>
#include <mcfa/backend/x86/level.hpp>
#include <mcfa/backend/x86/level_table.hpp>
#include <mcfa/core/aligned_buffer.hpp>

#include <memory>
#include <utility>

namespace mcfa::backend {

/// `backend::eigen` for programs that run on processors other than the one they are built on: its kernels are compiled for several levels, and
/// the fastest that the processor offers is chosen when the first value is made. A program needs the target `mcfa::x86` and no flag of its
/// own. The environment variable MCFA_X86_LEVEL, or `use_level`, chooses another. The scalar is float.
///
/// Results are bit-identical for any number of threads, and differ between levels by the rounding of sums in another order.
struct x86 {
    static constexpr bool is_host = true;

    template <class T>
    using buffer = aligned_buffer<T>;

    /// As of `backend::eigen`.
    int threads = 0;
    /// As of `backend::eigen`: the application's threads, used in place of own ones; must outlive every call.
    Eigen::ThreadPoolInterface* pool = nullptr;
    /// The backend's own threads, shared by its copies.
    std::shared_ptr<void> own = x86_engine::chosen_table().make_threads();

    /// The level in use.
    static x86_level level() { return x86_engine::chosen(); }
    /// Whether this processor offers a level.
    static bool offers(x86_level level) { return x86_engine::offered(level); }
    /// Chooses the level for the whole program, before its first backend is made: prepared weights are laid out for one level.
    /// Throws `option_error` if the processor or the program lacks it, or if another is in use already.
    static void use_level(x86_level level) { x86_engine::choose(level); }

    class execution : public host_memory {
    public:
        using backend_type = x86;

        /// Throws `option_error` for a negative number of threads.
        explicit execution(x86 const& backend) : caller_(x86_engine::chosen_table().open(backend.threads, backend.pool, backend.own)) {}

        int threads() const { return x86_engine::chosen_table().threads(caller_.get()); }
        /// Changes the number of threads from the next call on; results stay the same. Throws `option_error` if it is below 1.
        void use(int threads) { x86_engine::chosen_table().use(caller_.get(), threads); }
        void* caller() { return caller_.get(); }

    private:
        struct closes {
            void operator()(void* caller) const noexcept { x86_engine::chosen_table().close(caller); }
        };
        std::unique_ptr<void, closes> caller_;
    };
};

} // namespace mcfa::backend
