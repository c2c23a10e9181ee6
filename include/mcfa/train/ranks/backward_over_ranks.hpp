// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/comm/background_sums.hpp>
#include <mcfa/model/pass/backward.hpp>
#include <mcfa/train/ranks/block_of_step.hpp>
#include <mcfa/train/ranks/gradient_buckets.hpp>
#include <mcfa/train/ranks_options.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace mcfa {

/// The backward pass of a rank's blocks, section by section: what a section finishes is sent while the next one is computed.
template <comm::communicator C, class T, class B>
class backward_over_ranks {
    using block = block_of_step<T, B>;

public:
    backward_over_ranks(net_info const& net, memory_plan const& plan, part_rates const& rates, ranks_options const& options)
        : learned_(net.learned), statistics_(net.size() - net.learned) {
        for_each_backward_part(net, plan, rates, [&](backward_part const& part) { pass_.push_back(part); });
        sections_ = sections_of(pass_, net.learned, options.bucket);
    }

    /// Computes the gradients of `own` blocks and sums them over all ranks' `blocks`, beside the moves of the statistics from `before`.
    /// `gradients` has `Net::learned` values and is overwritten. key_of(i) is the key of an own block's random numbers.
    template <class Keys>
    void run(C& ranks, comm::division blocks, basic_model<T, B> const& m, std::span<block> own, std::vector<T> const& before, T* gradients,
             part_rates const& rates, Keys&& key_of) {
        if (sums_.empty()) make_sums(ranks);
        sums_[0].begin(blocks);
        for (block& b : own) sums_[0].add_by([&](std::span<T> to) { moves_of(b, before, to); });
        sums_.start(0);
        std::size_t rest = learned_; // gradients from here on are sent, or carried by their block
        std::size_t first = 1;       // sum of the section's first bucket
        for (block& b : own) b.carried.clear();
        for (backward_section const& section : sections_) {
            std::size_t const count = section.buckets.size();
            for (std::size_t k = 0; k < count; ++k) sums_[first + k].begin(blocks);
            for (std::size_t i = 0; i < own.size(); ++i) {
                for (std::size_t p = section.first_part; p < section.last_part && own[i].rows > 0; ++p) {
                    backward(m, *own[i].memory, pass_[p], own[i].rows, gradients, key_of(i), rates);
                    sums_.advance();
                }
                for (std::size_t k = 0; k < count; ++k)
                    sums_[first + k].add_by([&](std::span<T> to) { copy_gradients(own[i], gradients, section.buckets[k], rest, to); });
                carry(own[i], gradients, section);
            }
            for (std::size_t k = 0; k < count; ++k) sums_.start(first + k);
            first += count;
            rest = section.final_from;
        }
        sums_.wait_to_gather();
    }

    /// The sum of the statistics' moves, each times its block's windows.
    std::span<T const> moves() { return sums_[0].wait(); }
    /// f(first, sum of the gradients from parameter `first` on) for each bucket.
    template <class F>
    void for_each_sum(F&& f) {
        std::size_t i = 1;
        for (backward_section const& section : sections_)
            for (gradient_bucket const& bucket : section.buckets) f(bucket.first, sums_[i++].wait());
    }

private:
    /// One sum for the statistics' moves, then one for each bucket.
    void make_sums(C const& ranks) {
        sums_.push_back({ranks, statistics_});
        for (backward_section const& section : sections_)
            for (gradient_bucket const& bucket : section.buckets) sums_.push_back({ranks, bucket.size(), gradient_unit});
    }

    /// By how much the block moves the statistics, times its windows.
    static void moves_of(block& b, std::vector<T> const& before, std::span<T> to) {
        std::ranges::fill(to, T(0));
        if (b.rows == 0 || before.empty()) return;
        b.memory->run.copy_out(to.data(), std::as_const(b.measured).data(), to.size());
        for (std::size_t i = 0; i < to.size(); ++i) to[i] = static_cast<T>(b.rows) * (to[i] - before[i]);
    }

    /// The block's gradients of a bucket: those before `rest` are the section's, the others are carried.
    static void copy_gradients(block& b, T const* gradients, gradient_bucket const& bucket, std::size_t rest, std::span<T> to) {
        if (b.rows == 0) {
            std::ranges::fill(to, T(0));
            return;
        }
        std::size_t const end = std::min(bucket.last, rest);
        b.memory->run.copy_out(to.data(), gradients + bucket.first, end - bucket.first);
        if (bucket.last > rest) std::ranges::copy(b.carried, to.begin() + static_cast<std::ptrdiff_t>(rest - bucket.first));
    }
    /// Keeps gradients that are final and in no bucket yet, before another block overwrites them.
    static void carry(block& b, T const* gradients, backward_section const& section) {
        if (b.rows == 0) return;
        b.carried.resize(section.buckets.back().first - section.final_from);
        b.memory->run.copy_out(b.carried.data(), gradients + section.final_from, b.carried.size());
    }

    std::size_t learned_, statistics_;
    std::vector<backward_part> pass_;
    std::vector<backward_section> sections_;
    comm::background_sums<comm::ordered_sum<T, C>> sums_;
};

} // namespace mcfa
