// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace mcfa::detect {

/// Lends workers with scratch memory to calls from any thread, and keeps them for later calls: at most as many as calls ran at one time.
template <class Worker>
class worker_pool {
public:
    void add(std::unique_ptr<Worker> worker) {
        std::lock_guard const lock(mutex_);
        idle_.push_back(std::move(worker));
    }

    /// work(worker) with an idle worker, or with a new one that `make` returns. Where `work` throws, the worker is given up.
    template <class Make, class Work>
    void with(Make const& make, Work const& work) {
        auto worker = take();
        if (!worker) worker = make();
        work(*worker);
        add(std::move(worker));
    }

private:
    std::unique_ptr<Worker> take() {
        std::lock_guard const lock(mutex_);
        if (idle_.empty()) return nullptr;
        auto worker = std::move(idle_.back());
        idle_.pop_back();
        return worker;
    }

    std::mutex mutex_;
    std::vector<std::unique_ptr<Worker>> idle_;
};

} // namespace mcfa::detect
