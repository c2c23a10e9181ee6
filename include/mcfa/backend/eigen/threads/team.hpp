// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/threads/own_threads.hpp>
#include <mcfa/backend/eigen/threads/parallel_region.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {

/// The threads of one caller, the backend's own or those of the user's pool, and the parallel region over them, made at the first loop. A
/// copy makes its own region.
class team {
public:
    team(std::shared_ptr<own_threads> own, Eigen::ThreadPoolInterface* users) : own_(std::move(own)), users_(users) {}
    team(team const& other) : own_(other.own_), users_(other.users_) {}
    team(team&& other) noexcept
        : own_(std::move(other.own_)),
          users_(other.users_),
          region_(std::exchange(other.region_, nullptr)),
          process_(other.process_),
          threads_(other.threads_) {}
    team& operator=(team other) noexcept {
        std::swap(own_, other.own_);
        std::swap(users_, other.users_);
        std::swap(region_, other.region_);
        std::swap(process_, other.process_);
        std::swap(threads_, other.threads_);
        return *this;
    }
    ~team() {
        if (region_) region_->release();
    }

    /// call(body, i, thread) for i = 0 .. count - 1 on up to `threads` threads, 2 or more; see `parallel_region::run`.
    void run(int threads, std::int64_t count, void const* body, parallel_region::function call) {
        gather(threads);
        region_->run(threads, count, body, call);
    }

    /// In a body that this team runs, the number of its thread; 0 elsewhere.
    int number_of_this_thread() const {
        auto const here = parallel_region::current();
        return here.region && here.region == region_ ? here.thread : 0;
    }

private:
    /// Makes a region with enough helpers for `threads`; makes a new one in a forked child.
    void gather(int threads) {
        pid_t const process = getpid();
        if (region_ && process_ == process && threads_ >= threads) return;
        std::size_t const helpers = threads - 1;
        auto* const fresh = new parallel_region(users_ ? users(helpers, process) : own_->first(helpers));
        if (region_) region_->release();
        region_ = fresh;
        process_ = process;
        threads_ = threads;
    }

    /// The threads of a pool do not survive a fork; a child's caller works alone.
    std::vector<Eigen::ThreadPoolInterface*> users(std::size_t helpers, pid_t process) const {
        if (own_->process() != process) return {};
        return std::vector<Eigen::ThreadPoolInterface*>(std::min(helpers, static_cast<std::size_t>(users_->NumThreads())), users_);
    }

    std::shared_ptr<own_threads> own_;
    Eigen::ThreadPoolInterface* users_;
    parallel_region* region_ = nullptr;
    pid_t process_ = 0; ///< process that made the region
    int threads_ = 0;   ///< threads that the region has helpers for
};

} // namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS
