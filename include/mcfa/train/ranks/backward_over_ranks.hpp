// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/comm/background_sums.hpp>
#include <mcfa/model/pass/backward.hpp>
#include <mcfa/train/ranks/block_of_step.hpp>
#include <mcfa/train/ranks/gradient_buckets.hpp>
#include <mcfa/train/ranks/joint_normalisation.hpp>
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
    backward_over_ranks(net_info const& net, memory_plan const& plan, part_rates const& rates, ranks_options const& options,
                        joint_normalisation<C, T, B> const& normalisation)
        : learned_(net.learned), statistics_(net.size() - net.learned) {
        for_each_backward_part(net, plan, rates, [&](backward_part const& part) { pass_.push_back(part); });
        auto const is_joint = [&](backward_part const& part) {
            return !part.is_heads && normalisation.takes(net, rates, part.stage, plan.stages[part.stage].steps[part.step].first);
        };
        sections_ = sections_of(pass_, net.learned, options.bucket, is_joint);
        for (backward_part const& part : pass_) joint_.push_back(is_joint(part));
    }

    /// Computes the gradients of `own` blocks and sums them over all ranks' `blocks`, beside the moves of the statistics from `before`.
    /// `gradients` has `Net::learned` values and is overwritten. key_of(i) is the key of an own block's random numbers.
    template <class Keys>
    void run(C& ranks, comm::division blocks, basic_model<T, B> const& m, memory_plan const& plan, std::span<block> own,
             std::vector<T> const& before, T* gradients, part_rates const& rates, joint_normalisation<C, T, B>& normalisation,
             Keys&& key_of) {
        if (sums_.empty()) make_sums(ranks);
        sums_[0].begin(blocks);
        for (block& b : own) sums_[0].add_by([&](std::span<T> to) { moves_of(b, before, to); });
        sums_.start(0);
        progress done{learned_, learned_};
        std::size_t first = 1; // sum of the section's first bucket
        for (block& b : own) b.carried.clear();
        for (backward_section const& section : sections_) {
            std::size_t const count = section.buckets.size();
            for (std::size_t k = 0; k < count; ++k) sums_[first + k].begin(blocks);
            bool const joint = joint_[section.first_part]; // which no other part of the section is
            if (joint) normalisation.sum_gradients(ranks, blocks, m, plan, own, pass_[section.first_part]);
            for (std::size_t i = 0; i < own.size(); ++i) {
                for (std::size_t p = section.first_part; p < section.last_part && own[i].rows > 0; ++p) {
                    if (p == section.first_part && joint)
                        backward_step(m, *own[i].memory, pass_[p], own[i].rows, gradients, key_of(i), rates,
                                      [&](auto const& pass) { normalisation.backward_layer(pass, i); });
                    else backward(m, *own[i].memory, pass_[p], own[i].rows, gradients, key_of(i), rates);
                    sums_.advance();
                }
                for (std::size_t k = 0; k < count; ++k)
                    sums_[first + k].add_by([&](std::span<T> to) { take(own[i], gradients, section.buckets[k].first, done, to); });
                std::vector<T> kept(section.sent_from - section.final_from);
                take(own[i], gradients, section.final_from, done, kept);
                own[i].carried = std::move(kept);
            }
            for (std::size_t k = 0; k < count; ++k) sums_.start(first + k);
            first += count;
            done = {section.final_from, section.sent_from};
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

    /// How far the sections before have come: gradients from `final_from` on are final, from `sent_from` on sent; a block carries what lies between.
    struct progress {
        std::size_t final_from, sent_from;
    };
    /// A block's gradients from `first` on, before another block overwrites them: those of this section, then carried ones.
    static void take(block& b, T const* gradients, std::size_t first, progress const& done, std::span<T> to) {
        if (b.rows == 0) {
            std::ranges::fill(to, T(0));
            return;
        }
        std::size_t const last = first + to.size(), end = std::min(last, done.final_from);
        if (end > first) b.memory->run.copy_out(to.data(), gradients + first, end - first);
        for (std::size_t i = std::max(first, end); i < last; ++i) to[i - first] = b.carried[i - done.final_from];
    }

    std::size_t learned_, statistics_;
    std::vector<backward_part> pass_;
    std::vector<bool> joint_; ///< parts whose normalisation is over the batch
    std::vector<backward_section> sections_;
    comm::background_sums<comm::ordered_sum<T, C>> sums_;
};

} // namespace mcfa
