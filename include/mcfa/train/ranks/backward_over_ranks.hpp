// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/comm/background_sums.hpp>
#include <mcfa/comm/ordered_sum.hpp>
#include <mcfa/comm/rounded_sum.hpp>
#include <mcfa/model/pass/backward.hpp>
#include <mcfa/train/ranks/block_of_step.hpp>
#include <mcfa/train/ranks/gradient_buckets.hpp>
#include <mcfa/train/ranks/joint_normalisation.hpp>
#include <mcfa/train/ranks_options.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
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
        : learned_(net.learned),
          statistics_(net.size() - net.learned),
          goal_(options.share_moments ? comm::sum_to::owners : comm::sum_to::all),
          rounds_(options.bfloat16_gradients) {
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
        if (!moves_) make_sums(ranks);
        moves_->begin(blocks);
        for (block& b : own) moves_->add_by([&](std::span<T> to) { moves_of(b, before, to); });
        moves_->start();
        if (rounded_.empty()) run_sections(exact_, ranks, blocks, m, plan, own, gradients, rates, normalisation, key_of);
        else run_sections(rounded_, ranks, blocks, m, plan, own, gradients, rates, normalisation, key_of);
        moves_->wait_to_gather(); // behind the gradients, as on all ranks
    }

    /// The sum of the statistics' moves, each times its block's windows.
    std::span<T const> moves() { return moves_->wait(); }
    /// f(first, sum of the gradients from parameter `first` on) for each bucket, or where moments are shared for this rank's part of it.
    template <class F>
    void for_each_sum(C const& ranks, F&& f) {
        auto const visit = [&](auto& sums) {
            std::size_t i = 0;
            for (gradient_bucket const& bucket : buckets()) {
                std::size_t const part =
                    goal_ == comm::sum_to::owners ? comm::row_parts{bucket.size(), ranks.size(), gradient_unit}.first(ranks.rank()) : 0;
                f(bucket.first + part, sums[i++].wait());
            }
        };
        if (rounded_.empty()) visit(exact_);
        else visit(rounded_);
    }

    /// All buckets, in the order in which they are sent.
    std::vector<gradient_bucket> buckets() const {
        std::vector<gradient_bucket> all;
        for (backward_section const& section : sections_) all.insert(all.end(), section.buckets.begin(), section.buckets.end());
        return all;
    }

private:
    template <class Sums, class Keys>
    void run_sections(Sums& sums, C& ranks, comm::division blocks, basic_model<T, B> const& m, memory_plan const& plan,
                      std::span<block> own, T* gradients, part_rates const& rates, joint_normalisation<C, T, B>& normalisation,
                      Keys&& key_of) {
        progress done{learned_, learned_};
        std::size_t first = 0; // sum of the section's first bucket
        for (block& b : own) b.carried.clear();
        for (backward_section const& section : sections_) {
            std::size_t const count = section.buckets.size();
            for (std::size_t k = 0; k < count; ++k) sums[first + k].begin(blocks);
            bool const joint = joint_[section.first_part]; // which no other part of the section is
            if (joint) normalisation.sum_gradients(ranks, blocks, m, plan, own, pass_[section.first_part]);
            for (std::size_t i = 0; i < own.size(); ++i) {
                for (std::size_t p = section.first_part; p < section.last_part && own[i].rows > 0; ++p) {
                    if (p == section.first_part && joint)
                        backward_step(m, *own[i].memory, pass_[p], own[i].rows, gradients, key_of(i), rates,
                                      [&](auto const& pass) { normalisation.backward_layer(pass, i); });
                    else backward(m, *own[i].memory, pass_[p], own[i].rows, gradients, key_of(i), rates);
                    sums.advance();
                }
                for (std::size_t k = 0; k < count; ++k)
                    sums[first + k].add_by([&](std::span<T> to) { take(own[i], gradients, section.buckets[k].first, done, to); });
                std::vector<T> kept(section.sent_from - section.final_from);
                take(own[i], gradients, section.final_from, done, kept);
                own[i].carried = std::move(kept);
            }
            for (std::size_t k = 0; k < count; ++k) sums.start(first + k);
            first += count;
            done = {section.final_from, section.sent_from};
        }
        sums.wait_to_gather();
    }

    void make_sums(C const& ranks) {
        moves_.emplace(ranks, statistics_);
        for (gradient_bucket const& bucket : buckets())
            if (rounds_) rounded_.push_back({ranks, bucket.size(), gradient_unit, goal_});
            else exact_.push_back({ranks, bucket.size(), gradient_unit, goal_});
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
    comm::sum_to goal_;
    bool rounds_;
    std::optional<comm::ordered_sum<T, C>> moves_; ///< of the statistics
    comm::background_sums<comm::ordered_sum<T, C>> exact_;
    comm::background_sums<comm::rounded_sum<T, C>> rounded_; ///< one of the two has a sum for each bucket
};

} // namespace mcfa
