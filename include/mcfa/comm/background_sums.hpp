// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/comm/ordered_sum.hpp>

#include <cstddef>
#include <utility>
#include <vector>

namespace mcfa::comm {

/// Sums that travel one behind the other while their rank computes. All ranks start them in their order.
template <class Sum>
class background_sums {
public:
    bool empty() const { return all_.empty(); }
    void push_back(Sum one) { all_.push_back(std::move(one)); }
    Sum& operator[](std::size_t i) { return all_[i]; }

    void start(std::size_t i) {
        all_[i].start();
        started_ = i + 1;
    }
    /// Moves what was started on, and returns at once.
    void advance() {
        if constexpr (requires(Sum one) { one.advance(); }) {
            while (gathering_ < started_ && all_[gathering_].advance()) ++gathering_;
            if (gathering_ > 0) all_[gathering_ - 1].advance();
        }
    }
    /// Waits until this rank's parts of all sums are on their way. After it each is to be waited for; then they may begin again.
    void wait_to_gather() {
        for (std::size_t i = gathering_; i < started_; ++i) all_[i].wait_to_gather();
        gathering_ = started_ = 0;
    }

private:
    std::vector<Sum> all_;
    std::size_t started_ = 0, gathering_ = 0;
};

} // namespace mcfa::comm
