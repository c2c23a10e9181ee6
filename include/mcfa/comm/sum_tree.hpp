// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
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

/// The rows of a rank's blocks, added up in the tree as they come.
template <class T>
class rows_of_blocks {
public:
    explicit rows_of_blocks(std::size_t length) : length_(length) {}

    /// A new sum, whose first row is that of block `first`.
    void begin(std::size_t first) {
        next_ = first;
        sum_ = {};
        free_.assign(memory_.begin(), memory_.end());
    }
    /// The row of the next block, which fill(std::span<T>) writes.
    template <class F>
    void add_by(F&& fill) {
        if (free_.empty()) {
            memory_.emplace_back(length_);
            free_.push_back(memory_.back());
        }
        auto const values = free_.back();
        free_.pop_back();
        fill(values);
        sum_.push({next_++, 0}, values, [&](std::span<T> joined) { free_.push_back(joined); });
    }
    /// The nodes that the blocks fill.
    std::vector<std::pair<sum_node, std::span<T>>> const& held() const { return sum_.held(); }
    /// Their sum; empty if there was no block.
    std::span<T> all() { return sum_.all(); }

private:
    std::size_t length_, next_ = 0;
    std::vector<std::vector<T>> memory_;
    std::vector<std::span<T>> free_; ///< of memory_
    sum_stack<T> sum_;
};

} // namespace mcfa::comm
