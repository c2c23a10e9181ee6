// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/comm/collective.hpp>
#include <mcfa/comm/division.hpp>
#include <mcfa/comm/ordered_sum.hpp>
#include <mcfa/train/ranks/backward_over_ranks.hpp>
#include <mcfa/train/ranks/batch_sums.hpp>
#include <mcfa/train/ranks/block_of_step.hpp>
#include <mcfa/train/ranks/gradient_norm.hpp>
#include <mcfa/train/ranks/joint_normalisation.hpp>
#include <mcfa/train/ranks/shared_moments.hpp>
#include <mcfa/train/ranks_options.hpp>
#include <mcfa/train/step/step_state.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace mcfa {

/// How a step over ranks went.
struct ranks_step {
    std::size_t windows = 0; ///< of all ranks; if 0, there was nothing to learn from and nothing has changed
    bool stopped = false;    ///< a rank asked for the end, and nothing has changed
};

/// Runs a training step on several ranks. Each computes its blocks of the batch by themselves, batch normalisation too unless the options say
/// otherwise; then sums over blocks are
/// joined in an order that does not depend on the ranks (`comm::ordered_sum`): first losses and what policies see, then gradients and the
/// statistics' moves. From there on every rank does the same with the same numbers.
/// Gradients are sent in buckets, those of the last stage first, while the rest of the backward pass runs.
template <comm::communicator C, class T, class B, optimiser Optimiser, weighting::policy Policy>
class ranks_driver {
public:
    using state = step_state<T, B, Optimiser, Policy>;
    using policy_traits = weighting::policy_traits<Policy>;

    ranks_driver(state& s, ranks_options const& options)
        : sums_(no_sums(s)),
          statistics_(s.model.net().size() - s.model.net().learned),
          over_batch_(options.batch_norm == batch_norm_over::batch),
          normalisation_(options),
          backward_(s.model.net(), s.memory.plan(), s.rates, options, normalisation_),
          norm_(s.model.net().learned) {
        if (!options.share_moments) return;
        if (!is_elementwise<Optimiser>())
            throw option_error({"ranks.share_moments is set, but optimiser ", Optimiser::name,
                                " does not say that it is elementwise: it may move parts of a tensor otherwise than the whole"});
        shared_.emplace(backward_.buckets());
    }

    /// The largest number of windows in a block.
    std::size_t block(state const& s) const { return s.memory.capacity(); }

    /// `batches` is a `divided_batches` that stands at the step's batch. A block of one window is left out, as it has no variance for batch
    /// normalisation, unless all blocks are of one. Throws `divergence_error` on all ranks, before a parameter has moved, if a loss or the gradient
    /// is not finite.
    template <class Batches>
    ranks_step run(state& s, C& ranks, Batches const& batches, double rate_factor, bool wants_stop) {
        std::span<batch const> const own = batches.own();
        comm::division const blocks = batches.blocks();
        std::uint64_t const key = s.step_key();
        std::size_t const first = blocks.first(ranks.rank());
        make_parts(s, own);
        std::vector<T> const before = statistics_of(s);
        auto const key_of = [&](std::size_t i) { return split_key(key, first + i); };
        forward_blocks(s, ranks, blocks, own, before, key_of);
        if (s.loss.picks_hard()) keep_hard(s, ranks, own.size());

        comm::ordered_sum<double, C> observed(ranks, blocks, sums_.values().size());
        for (std::size_t i = 0; i < own.size(); ++i) {
            block_of& p = blocks_[i];
            for (std::size_t j = 0; j < stages(s) && p.rows > 0; ++j) p.loss->sum_observed(s.model, *p.memory, j, p.sums);
            p.sums.stops() = wants_stop ? 1 : 0;
            observed.add(p.sums.values());
        }
        observed.start();
        auto const all = observed.wait();
        std::copy(all.begin(), all.end(), sums_.values().begin());
        if (sums_.stops() > 0) return {.windows = 0, .stopped = true};
        double const least = over_batch_ && s.memory.capacity() > 1 ? 2 : 1; // one has no variance for batch normalisation
        if (!(sums_.windows() >= least)) return {};

        labelled_.assign(sums_.labelled().begin(), sums_.labelled().end());
        for (std::size_t j = 0; j < stages(s); ++j) s.loss.take_means(j, {sums_.losses(j).begin(), sums_.losses(j).end()}, labelled_);
        for (std::size_t j = 0; j < stages(s); ++j) weigh(s, j, own.size());

        backward_.run(ranks, blocks, s.model, s.memory.plan(), std::span(blocks_).first(own.size()), before, s.gradients.data(), s.rates,
                      normalisation_, key_of);
        update(s, ranks, before, rate_factor);
        s.memory.run.finish();
        add_to_totals(s);
        return {.windows = static_cast<std::size_t>(sums_.windows()), .stopped = false};
    }

    void read(state&) {}
    void clear_totals(state&) {}
    void share_policy_state(state&) {}

    void divide_moments(state& s, C& ranks) {
        if (shared_) shared_->divide(s, ranks);
    }
    void collect_moments(state& s, C& ranks) {
        if (shared_) shared_->collect(s, ranks);
    }
    void release_moments(state& s) {
        if (shared_) shared_->release(s);
    }

private:
    using buffer = typename state::buffer;
    using block_of = block_of_step<T, B>;

    static batch_sums no_sums(state const& s) {
        bool gramian = false;
        if constexpr (policy_traits::may_want_gradients) gramian = s.loss.wants_gramian(s.policy);
        return {s.model.net(), gramian ? s.loss.weighted().size() : 0};
    }
    static std::size_t stages(state const& s) { return s.model.net().stages.size(); }

    void make_parts(state& s, std::span<batch const> own) {
        while (blocks_.size() < own.size()) {
            block_of next{&s.memory, &s.loss, buffer(statistics_), sums_};
            if (!blocks_.empty()) {
                next.own_memory = std::make_unique<workspace<T, B>>(s.model, s.memory.capacity(), purpose::training);
                next.own_loss = std::make_unique<joint_loss<T, B>>(s.loss.like(s.model, s.memory.capacity()));
                next.memory = next.own_memory.get();
                next.loss = next.own_loss.get();
            }
            blocks_.push_back(std::move(next));
        }
        for (std::size_t i = 0; i < own.size(); ++i) {
            blocks_[i].rows = own[i].size > 1 || s.memory.capacity() == 1 || over_batch_ ? own[i].size : 0;
            std::ranges::fill(blocks_[i].sums.values(), 0.0);
        }
    }

    std::vector<T> statistics_of(state& s) {
        std::vector<T> values(statistics_);
        if (statistics_ > 0) s.memory.run.copy_out(values.data(), std::as_const(s.model).data() + s.model.net().learned, statistics_);
        return values;
    }

    /// The forward pass of all own blocks, stage by stage, and the sums of their losses.
    template <class Keys>
    void forward_blocks(state& s, C& ranks, comm::division blocks, std::span<batch const> own, std::vector<T> const& before,
                        Keys&& key_of) {
        for (std::size_t n = 0; n < own.size(); ++n)
            if (blocks_[n].rows > 0) load(s, blocks_[n], own[n], before);
        for (std::size_t j = 0; j < stages(s); ++j) {
            auto const& steps = s.memory.plan().stages[j].steps;
            auto const is_joint = [&](std::size_t i) { return normalisation_.takes(s.model.net(), s.rates, j, steps[i].first); };
            for (std::size_t i = 0; i < steps.size();) {
                std::size_t end = i;
                while (end < steps.size() && !is_joint(end)) ++end;
                for (std::size_t n = 0; n < own.size(); ++n)
                    for (std::size_t k = i; k < end && blocks_[n].rows > 0; ++k)
                        forward_step_training(s.model, *blocks_[n].memory, j, k, blocks_[n].rows, key_of(n), blocks_[n].measured.data(),
                                              s.rates);
                if (end < steps.size())
                    normalisation_.forward(ranks, blocks, s.model, s.memory.plan(), std::span(blocks_).first(own.size()), j, end);
                i = end + 1;
            }
            for (std::size_t n = 0; n < own.size(); ++n) {
                block_of& p = blocks_[n];
                if (p.rows == 0) continue;
                forward_heads_training(s.model, *p.memory, j, p.rows);
                p.loss->sum_losses(*p.memory, j, p.sums);
                if (p.loss->picks_hard()) p.loss->read_class_losses(*p.memory, p.class_losses);
            }
        }
    }

    void load(state& s, block_of& p, batch const& b, std::vector<T> const& before) {
        for (std::size_t j = 0; j < stages(s); ++j) p.memory->load(j, b.windows[j], b.size);
        p.loss->load(*p.memory, b);
        p.loss->count(p.sums);
        p.class_losses.clear();
        if (statistics_ > 0) p.memory->run.copy_in(p.measured.data(), before.data(), statistics_);
    }

    /// The hardest of all ranks' samples train the class.
    void keep_hard(state& s, C& ranks, std::size_t own) {
        std::size_t lists = 0; // of losses: stages times class tasks
        for (task_info const& task : s.model.net().tasks) lists += task.target == target_kind::class_index ? stages(s) : 0;
        std::vector<double> all;
        for (std::size_t i = 0; i < own; ++i)
            if (blocks_[i].rows > 0) all.insert(all.end(), blocks_[i].class_losses.begin(), blocks_[i].class_losses.end());
        auto const gathered = comm::gather(ranks, std::as_bytes(std::span(all)));

        // A rank sends block after block, of each its lists; here they become lists of the whole batch.
        std::vector<std::vector<double>> whole(lists);
        std::vector<std::vector<std::size_t>> rows = rows_of(ranks, own);
        std::size_t here = 0; // samples of the ranks before
        for (std::size_t r = 0; r < gathered.size(); ++r) {
            if (static_cast<int>(r) == ranks.rank() && lists > 0) here = whole[0].size();
            std::size_t at = 0;
            for (std::size_t const n : rows[r])
                for (auto& list : whole) {
                    std::size_t const size = list.size();
                    list.resize(size + n);
                    std::memcpy(list.data() + size, gathered[r].data() + at, n * sizeof(double));
                    at += n * sizeof(double);
                }
        }
        std::vector<std::vector<float>> easy(lists);
        for (std::size_t l = 0; l < lists; ++l) s.loss.choose_easy(whole[l], easy[l]);
        std::size_t const tasks = lists / stages(s);
        for (std::size_t i = 0; i < own; here += blocks_[i].rows, ++i) {
            if (blocks_[i].rows == 0) continue;
            for (std::size_t j = 0; j < stages(s); ++j) {
                std::vector<float> of_block;
                for (std::size_t t = 0; t < tasks; ++t) {
                    auto const& list = easy[j * tasks + t];
                    of_block.insert(of_block.end(), list.begin() + static_cast<std::ptrdiff_t>(here),
                                    list.begin() + static_cast<std::ptrdiff_t>(here + blocks_[i].rows));
                }
                blocks_[i].loss->drop_easy(*blocks_[i].memory, j, of_block);
            }
        }
    }

    /// Windows of the blocks of every rank.
    std::vector<std::vector<std::size_t>> rows_of(C& ranks, std::size_t own) {
        std::vector<std::size_t> here;
        for (std::size_t i = 0; i < own; ++i) here.push_back(blocks_[i].rows);
        std::vector<std::vector<std::size_t>> all;
        for (auto const& bytes : comm::gather(ranks, std::as_bytes(std::span(here)))) {
            all.emplace_back(bytes.size() / sizeof(std::size_t));
            std::memcpy(all.back().data(), bytes.data(), bytes.size());
        }
        return all;
    }

    void weigh(state& s, std::size_t j, std::size_t own) {
        if (!s.loss.weighted().empty()) {
            auto const seen = s.loss.observe(s.policy, j, sums_);
            if constexpr (policy_traits::may_want_gradients)
                if (!seen.gramian.empty()) s.totals.conflicts[j].add(seen.gramian);
            policy_traits::weigh(s.policy, s.remembered, seen, s.weights[j]);
            policy_traits::learn(s.policy, s.remembered, seen);
        }
        for (std::size_t i = 0; i < own; ++i)
            if (blocks_[i].rows > 0) blocks_[i].loss->weigh(*blocks_[i].memory, j, s.weights[j], sums_.windows());
    }

    void update(state& s, C& ranks, std::vector<T> const& before, double rate_factor) {
        std::size_t const learned = s.model.net().learned;
        norm_.clear();
        backward_.for_each_sum(ranks, [&](std::size_t first, std::span<T const> sum) {
            s.memory.run.copy_in(s.gradients.data() + first, sum.data(), sum.size());
            norm_.add(first, sum);
        });
        if (shared_) norm_.share(ranks);
        s.gradient_norm = norm_.value();
        if (!std::isfinite(s.gradient_norm)) refuse_gradient(s, ranks);
        if (statistics_ > 0) {
            auto const moves = backward_.moves();
            std::vector<T> after = before;
            for (std::size_t i = 0; i < statistics_; ++i) after[i] += moves[i] / static_cast<T>(sums_.windows());
            s.memory.run.copy_in(s.model.data() + learned, after.data(), statistics_);
        }
        bool const clipped = s.clip > 0 && s.gradient_norm > s.clip;
        double const factor = clipped ? s.clip / s.gradient_norm : 1;
        if (shared_) shared_->move_parameters(s, ranks, rate_factor, factor);
        else s.move_parameters(rate_factor, factor);
    }

    /// Names the tensor, the same on all ranks, for which a rank that has a part of the gradient takes those of the others.
    [[noreturn]] void refuse_gradient(state& s, C& ranks) {
        if (shared_) {
            std::vector<T> whole(s.model.net().learned);
            backward_.for_each_sum(ranks, [&](std::size_t first, std::span<T const> sum) {
                std::ranges::copy(sum, whole.begin() + static_cast<std::ptrdiff_t>(first));
            });
            comm::sum(ranks, std::span(whole));
            s.memory.run.copy_in(s.gradients.data(), whole.data(), whole.size());
        }
        throw divergence_error({"the gradient is not finite, first in tensor ", s.first_bad_gradient()});
    }

    void add_to_totals(state& s) {
        for (std::size_t k = 0; k < labelled_.size(); ++k) {
            s.totals.labelled[k] += labelled_[k];
            for (std::size_t j = 0; labelled_[k] > 0 && j < s.totals.losses.size(); ++j)
                s.totals.losses[j][k] += labelled_[k] * s.loss.means(j)[k];
        }
        for (std::size_t j = 0; j < s.weights.size(); ++j)
            for (std::size_t i = 0; i < s.weights[j].size(); ++i) s.totals.weights[j][i] += s.weights[j][i];
    }

    batch_sums sums_; ///< of all ranks in the last step
    std::size_t statistics_;
    bool over_batch_; ///< batch normalisation
    joint_normalisation<C, T, B> normalisation_;
    backward_over_ranks<C, T, B> backward_;
    gradient_norm norm_;
    std::optional<shared_moments<C, T, B, state>> shared_; ///< moments, where ranks share them
    std::vector<block_of> blocks_;
    std::vector<double> labelled_;
};

} // namespace mcfa
