// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/comm/communicator.hpp>
#include <mcfa/comm/division.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace mcfa::comm {

/// A node of the tree in which blocks are summed: of blocks index * 2^level and on, 2^level of them.
struct sum_node {
    std::size_t index = 0;
    int level = 0;

    constexpr std::size_t blocks() const { return std::size_t{1} << level; }
    constexpr bool is_left_of(sum_node const& other) const { return level == other.level && index % 2 == 0 && other.index == index + 1; }
    constexpr sum_node parent() const { return {index / 2, level + 1}; }
};

/// The nodes that a run of blocks fills, each as large as can be, in order.
inline std::vector<sum_node> nodes_of(std::size_t first, std::size_t last) {
    std::vector<sum_node> nodes;
    while (first < last) {
        sum_node node{first, 0};
        while (node.index % 2 == 0 && first + 2 * node.blocks() <= last) node = node.parent();
        nodes.push_back(node);
        first += node.blocks();
    }
    return nodes;
}

/// Joins what stands in order: of two neighbours that are one node's halves, the left becomes left + right. What remains at the end, where
/// the number of blocks is no power of two, is joined from the right.
template <class T>
class sum_stack {
public:
    /// `values` are added to, or to others; they must live until `all`. Returns the memory of those that were joined to it.
    template <class Freed>
    void push(sum_node node, std::span<T> values, Freed&& freed) {
        while (!held_.empty() && held_.back().first.is_left_of(node)) {
            auto const left = held_.back().second;
            add(left, values);
            freed(values);
            values = left;
            node = node.parent();
            held_.pop_back();
        }
        held_.emplace_back(node, values);
    }
    std::vector<std::pair<sum_node, std::span<T>>> const& held() const { return held_; }

    /// The sum of everything, in the memory of the first; empty if there was nothing.
    std::span<T> all() {
        for (; held_.size() > 1; held_.pop_back()) add(held_[held_.size() - 2].second, held_.back().second);
        return held_.empty() ? std::span<T>() : held_[0].second;
    }

private:
    static void add(std::span<T> left, std::span<T const> right) {
        for (std::size_t i = 0; i < left.size(); ++i) left[i] += right[i];
    }

    std::vector<std::pair<sum_node, std::span<T>>> held_;
};

/// The sum of one row of values for each block, on all ranks, to the same bits for any number of ranks and whatever carries them: neighbours
/// are added first, then their sums, in a binary tree over the blocks, and a rank sends the nodes that its own run of blocks fills.
///
/// A long row is summed in parts, one a rank, then gathered: each rank sends and receives about 2 (ranks - 1) / ranks rows where its run is
/// one node, and as many more as it has nodes beyond the first. A short one goes to all ranks at once.
template <class T, communicator C>
class ordered_sum {
public:
    /// `length` values a row.
    ordered_sum(C ranks, division blocks, std::size_t length)
        : ranks_(std::move(ranks)), blocks_(blocks), length_(length), next_(blocks_.first(ranks_.rank())), nodes_(ranks_.size()) {
        for (std::size_t r = 0; r < nodes_.size(); ++r)
            nodes_[r] = nodes_of(blocks_.first(static_cast<int>(r)), blocks_.last(static_cast<int>(r)));
    }

    /// Adds the row of this rank's next block. It is copied.
    void add(std::span<T const> row) {
        if (free_.empty()) {
            memory_.emplace_back(length_);
            free_.push_back(memory_.back());
        }
        auto const values = free_.back();
        free_.pop_back();
        std::copy(row.begin(), row.end(), values.begin());
        own_.push({next_++, 0}, values, [&](std::span<T> joined) { free_.push_back(joined); });
    }

    /// Sends, once all own blocks are added, and returns at once.
    void start() {
        std::size_t const count = nodes_.size(), here = ranks_.rank();
        if (count == 1) return;
        parts_ = division{in_parts() ? length_ : 0, static_cast<int>(count)};
        std::vector<std::span<std::byte const>> to(count);
        std::vector<std::span<std::byte>> from(count);
        received_.resize(count);
        sent_.resize(count);
        for (std::size_t r = 0; r < count; ++r) {
            received_[r].resize(nodes_[r].size() * part(here).second);
            if (r == here) continue;
            auto const [first, size] = part(r);
            sent_[r].clear();
            for (auto const& [node, values] : own_.held()) {
                auto const some = values.subspan(first, size);
                sent_[r].insert(sent_[r].end(), some.begin(), some.end());
            }
            to[r] = std::as_bytes(std::span<T const>(sent_[r]));
            from[r] = std::as_writable_bytes(std::span<T>(received_[r]));
        }
        under_way_.emplace(ranks_.exchange(to, from));
    }

    /// The sum, which stays until this object goes. Empty where there are no blocks.
    std::span<T const> wait() {
        std::size_t const count = nodes_.size(), here = ranks_.rank();
        if (count == 1) return own_.all();
        under_way_->wait();
        auto const [first, size] = part(here);
        sum_stack<T> all;
        for (std::size_t r = 0; r < count; ++r)
            for (std::size_t i = 0; i < nodes_[r].size(); ++i)
                all.push(nodes_[r][i],
                         r == here ? own_.held()[i].second.subspan(first, size) : std::span<T>(received_[r]).subspan(i * size, size),
                         [](std::span<T>) {});
        auto const sum = all.all();
        if (parts_.blocks == 0) return sum;

        result_.resize(length_);
        std::copy(sum.begin(), sum.end(), result_.begin() + static_cast<std::ptrdiff_t>(first));
        std::vector<std::span<std::byte const>> to(count);
        std::vector<std::span<std::byte>> from(count);
        for (std::size_t r = 0; r < count; ++r) {
            if (r == here) continue;
            auto const [begin, number] = part(r);
            to[r] = std::as_bytes(std::span<T const>(result_).subspan(first, size));
            from[r] = std::as_writable_bytes(std::span<T>(result_).subspan(begin, number));
        }
        ranks_.exchange(to, from).wait();
        return result_;
    }

private:
    static constexpr std::size_t shortest_in_parts = 4096; ///< values; below it a message costs its latency, whatever it holds

    bool in_parts() const { return blocks_.blocks > 0 && length_ >= shortest_in_parts; }
    /// First value and number of values of the part that a rank sums; of a short row, everything.
    std::pair<std::size_t, std::size_t> part(std::size_t r) const {
        if (parts_.blocks == 0) return {0, length_};
        return {parts_.first(static_cast<int>(r)), parts_.count(static_cast<int>(r))};
    }

    C ranks_;
    division blocks_;
    std::size_t length_, next_;
    std::vector<std::vector<sum_node>> nodes_; ///< by rank
    std::vector<std::vector<T>> memory_;
    std::vector<std::span<T>> free_; ///< of memory_
    sum_stack<T> own_;
    division parts_; ///< of a row, by rank; none of a short one
    std::vector<std::vector<T>> sent_, received_;
    std::vector<T> result_;
    std::optional<pending_of<C>> under_way_;
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
