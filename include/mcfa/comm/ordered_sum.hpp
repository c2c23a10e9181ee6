// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/comm/communicator.hpp>
#include <mcfa/comm/division.hpp>
#include <mcfa/comm/parts_gather.hpp>
#include <mcfa/comm/row_parts.hpp>
#include <mcfa/comm/sum_tree.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace mcfa::comm {

/// Where the sum of a row goes.
enum class sum_to {
    all,       ///< to all ranks: a long row in parts, one a rank, which are then gathered
    all_whole, ///< to all ranks, each of which adds up the whole row: one exchange, whatever its length
    owners     ///< of each part to the rank whose part it is, and no further
};

/// The sum of one row of values for each block, on all ranks, to the same bits for any number of ranks and whatever carries them: neighbours
/// are added first, then their sums, in a binary tree over the blocks, and a rank sends the nodes that its own run of blocks fills.
///
/// A long row is summed in parts, one a rank, then gathered: each rank sends and receives about 2 (ranks - 1) / ranks rows where its run is
/// one node, and as many more as it has nodes beyond the first. A short one goes to all ranks at once.
///
/// Its memory serves one sum after the other: `begin`, `add` for each block, `start`, now and then `advance`, `wait`. Several sums may be under
/// way: all ranks start them, and wait for them, in one order, in which each sum is also advanced only once that before it has returned true.
template <class T, communicator C>
class ordered_sum {
public:
    /// `length` values a row, divided among the ranks in units of so many values.
    ordered_sum(C ranks, std::size_t length, std::size_t unit = 1, sum_to goal = sum_to::all)
        : goal_(goal),
          ranks_(std::move(ranks)),
          apart_(apart_of(ranks_)),
          length_(length),
          parts_{length, ranks_.size(), unit},
          nodes_(ranks_.size()),
          own_(length) {}
    ordered_sum(C ranks, division blocks, std::size_t length) : ordered_sum(std::move(ranks), length) { begin(blocks); }
    ordered_sum(ordered_sum const&) = delete; // what is under way would arrive in the other
    ordered_sum(ordered_sum&&) = default;

    /// A new sum, of so many blocks.
    void begin(division blocks) {
        blocks_ = blocks;
        own_.begin(blocks_.first(ranks_.rank()));
        for (std::size_t r = 0; r < nodes_.size(); ++r)
            nodes_[r] = nodes_of(blocks_.first(static_cast<int>(r)), blocks_.last(static_cast<int>(r)));
        state_ = state::adding;
    }

    /// Adds the row of this rank's next block. It is copied.
    void add(std::span<T const> row) {
        add_by([&](std::span<T> to) { std::copy(row.begin(), row.end(), to.begin()); });
    }
    /// The same of a row that fill(std::span<T>) writes.
    template <class F>
    void add_by(F&& fill) {
        own_.add_by(fill);
    }

    /// Sends, once all own blocks are added, and returns at once.
    void start() {
        state_ = state::summing;
        std::size_t const count = nodes_.size(), here = ranks_.rank();
        if (count == 1) return;
        std::vector<std::span<std::byte const>> to(count);
        std::vector<std::span<std::byte>> from(count);
        received_.resize(count);
        sent_.resize(count);
        auto const& held = own_.held();
        for (std::size_t r = 0; r < count; ++r) {
            received_[r].resize(nodes_[r].size() * part(here).second);
            if (r == here) continue;
            auto const [first, size] = part(r);
            if (held.size() == 1) {
                to[r] = std::as_bytes(held[0].second.subspan(first, size));
            } else {
                sent_[r].clear();
                for (auto const& [node, values] : held) {
                    auto const some = values.subspan(first, size);
                    sent_[r].insert(sent_[r].end(), some.begin(), some.end());
                }
                to[r] = std::as_bytes(std::span<T const>(sent_[r]));
            }
            from[r] = std::as_writable_bytes(std::span<T>(received_[r]));
        }
        under_way_.emplace(ranks_.exchange(to, from));
    }

    /// Goes on as far as it can without waiting. True once this rank's part is summed and on its way to the others.
    bool advance()
        requires overlapping_communicator<C>
    {
        if (state_ == state::summing && (nodes_.size() == 1 || under_way_->done())) gather_parts();
        if (state_ == state::gathering) gather_.done(); // which moves the messages on
        return state_ >= state::gathering;
    }

    /// The sum, or with `sum_to::owners` this rank's part of it, which stays until `begin` or until this object goes. Empty where there are no
    /// blocks.
    std::span<T const> wait() {
        wait_to_gather();
        if (state_ == state::gathering) gather_.wait();
        state_ = state::whole;
        return sum_;
    }
    /// As far as `wait` goes without the others' parts: of several sums all are best brought so far before the first is waited for.
    void wait_to_gather() {
        if (state_ == state::summing) gather_parts();
    }

private:
    static constexpr std::size_t shortest_in_parts = 4096; ///< values; below it a message costs its latency, whatever it holds
    enum class state { adding, summing, gathering, whole };

    bool in_parts() const {
        return blocks_.blocks > 0 && (goal_ == sum_to::owners || (goal_ == sum_to::all && length_ >= shortest_in_parts));
    }
    /// First value and number of values of the part that a rank sums; of a short row, everything.
    std::pair<std::size_t, std::size_t> part(std::size_t r) const {
        if (!in_parts()) return {0, length_};
        return {parts_.first(static_cast<int>(r)), parts_.count(static_cast<int>(r))};
    }

    /// Waits for what the others have added, sums this rank's part and sends it.
    void gather_parts() {
        sum_part();
        if (nodes_.size() == 1 || !in_parts() || goal_ == sum_to::owners) {
            state_ = state::whole;
            return;
        }
        result_.resize(length_);
        std::copy(sum_.begin(), sum_.end(), result_.begin() + static_cast<std::ptrdiff_t>(part(ranks_.rank()).first));
        sum_ = result_;
        gather_.start(apart_, parts_, sum_);
        state_ = state::gathering;
    }

    void sum_part() {
        std::size_t const count = nodes_.size(), here = ranks_.rank();
        if (count == 1) {
            sum_ = own_.all();
            return;
        }
        under_way_->wait();
        auto const [first, size] = part(here);
        sum_stack<T> all;
        for (std::size_t r = 0; r < count; ++r)
            for (std::size_t i = 0; i < nodes_[r].size(); ++i)
                all.push(nodes_[r][i],
                         r == here ? own_.held()[i].second.subspan(first, size) : std::span<T>(received_[r]).subspan(i * size, size),
                         [](std::span<T>) {});
        sum_ = all.all();
    }

    sum_to goal_;
    C ranks_, apart_;
    std::size_t length_;
    row_parts parts_;
    division blocks_;
    std::vector<std::vector<sum_node>> nodes_; ///< by rank
    rows_of_blocks<T> own_;
    std::vector<std::vector<T>> sent_, received_;
    std::vector<T> result_;
    std::span<T> sum_; ///< this rank's part, or all
    std::optional<pending_of<C>> under_way_;
    parts_gather<T, C> gather_;
    state state_ = state::adding;
};

/// The sum of the ranks' values in place, in the tree over ranks.
template <communicator C, class T>
void sum(C& ranks, std::span<T> values) {
    ordered_sum<T, C> all(ranks, {static_cast<std::size_t>(ranks.size()), ranks.size()}, values.size());
    all.add(values);
    all.start();
    auto const found = all.wait();
    std::copy(found.begin(), found.end(), values.begin());
}

} // namespace mcfa::comm
