// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/arithmetic/batch_normalisation.hpp>
#include <mcfa/comm/ordered_sum.hpp>
#include <mcfa/model/pass/backward.hpp>
#include <mcfa/op/batch_normalisation.hpp>
#include <mcfa/train/ranks/block_of_step.hpp>
#include <mcfa/train/ranks_options.hpp>

#include <algorithm>
#include <cstddef>
#include <map>
#include <span>
#include <utility>
#include <vector>

namespace mcfa {

/// Batch normalisation over the windows of all blocks on all ranks: each block's sums are added in the order of the blocks, then each block is
/// normalised by mean and variance of the batch; on the way back likewise. The formulas stand at `op/batch_normalisation.hpp`.
template <comm::communicator C, class T, class B>
class joint_normalisation {
    using block = block_of_step<T, B>;

public:
    static constexpr bool computed = runs<B, batch_normalisation_sums<T>>;

    /// Throws `option_error` if the backend does not compute it.
    explicit joint_normalisation(ranks_options const& options) : wanted_(options.batch_norm == batch_norm_over::batch) {
        if (wanted_ && !computed)
            throw option_error("ranks.batch_norm is batch_norm_over::batch, which the backend of the model does not compute");
    }

    /// Whether layer `i` of stage `j` is normalised so.
    bool takes(net_info const& net, part_rates const& rates, std::size_t j, std::size_t i) const {
        return wanted_ && net.stages[j].layers[i].role == layer_role::normalisation && rates.layer(j, i) > 0;
    }

    /// Step `i` of stage `j` on all own blocks. Every rank waits for the others.
    void forward(C& ranks, comm::division blocks, basic_model<T, B> const& m, memory_plan const& plan, std::span<block> own, std::size_t j,
                 std::size_t i) {
        if constexpr (computed) {
            layer const of = layer_of(m, plan, j, i);
            auto& sum = sum_of(ranks, of, j, i);
            sum.begin(blocks);
            for (block& b : own)
                sum.add_by([&](std::span<double> to) {
                    std::ranges::fill(to, 0.0);
                    if (b.rows == 0) return;
                    auto const x = b.memory->input_of_step(j, i, b.rows);
                    compute(b.memory->run, batch_normalisation_sums<T>{.x = x, .shift = of.mean, .sums = {to.data(), 2 * of.channels}});
                    to[2 * of.channels] = static_cast<double>(x.size() / of.channels);
                });
            sum.start();
            auto const all = sum.wait();
            if (double const count = all.empty() ? 0 : all[2 * of.channels]; count > 0) normalise(m, own, of, all, count, j, i);
        }
    }

    /// What `backward_layer` needs of the other blocks. Every rank waits for the others.
    void sum_gradients(C& ranks, comm::division blocks, basic_model<T, B> const& m, memory_plan const& plan, std::span<block> own,
                       backward_part const& part) {
        if constexpr (computed) {
            layer const of = layer_of(m, plan, part.stage, part.step);
            auto& sum = sum_of(ranks, of, part.stage, part.step);
            own_sums_.resize(own.size());
            sum.begin(blocks);
            for (std::size_t n = 0; n < own.size(); ++n) {
                block& b = own[n];
                own_sums_[n].assign(2 * of.channels + 1, 0.0);
                if (b.rows > 0) {
                    step const& s = plan.stages[part.stage].steps[part.step];
                    planes<T> const x = b.memory->input_of_step(part.stage, part.step, b.rows);
                    planes<T> const dy = b.memory->at(plan.gradients[s.slot], b.rows, s.out);
                    compute(b.memory->run, batch_normalisation_gradient_sums<T>{.x = x,
                                                                                .dy = dy,
                                                                                .saved = saved_of(m, b, part.stage, part.step),
                                                                                .sums = {own_sums_[n].data(), 2 * of.channels}});
                    own_sums_[n][2 * of.channels] = static_cast<double>(x.size() / of.channels);
                }
                sum.add(own_sums_[n]);
            }
            sum.start();
            auto const all = sum.wait();
            whole_.assign(all.begin(), all.end());
        }
    }

    /// The layer's backward of own block `n`, after `sum_gradients`: the block's own share of the gradients of scale and shift, and dx.
    void backward_layer(layer_pass<T, B> const& p, std::size_t n) const {
        if constexpr (computed) {
            std::size_t const channels = p.learned.size() / 2;
            for (std::size_t c = 0; c < channels; ++c) {
                p.dlearned[c] = static_cast<T>(own_sums_[n][channels + c] * static_cast<double>(p.saved[channels + c]));
                p.dlearned[channels + c] = static_cast<T>(own_sums_[n][c]);
            }
            if (!p.dx.empty())
                compute(p.run, batch_normalisation_input_gradient<T>{.x = p.x,
                                                                     .dy = p.dy,
                                                                     .gamma = p.learned.part(0, channels),
                                                                     .saved = p.saved,
                                                                     .sums = {whole_.data(), 2 * channels},
                                                                     .count = whole_[2 * channels],
                                                                     .dx = p.dx});
        }
    }

private:
    struct layer {
        std::size_t channels, first_statistic;
        row<T const> gamma, beta, mean; ///< `mean` is the running one, about which sums are taken
    };

    static layer layer_of(basic_model<T, B> const& m, memory_plan const& plan, std::size_t j, std::size_t i) {
        stage_info const& stage = m.net().stages[j];
        layer_info const& info = stage.layers[plan.stages[j].steps[i].first];
        std::size_t const channels = info.learned / 2, first = stage.first_statistic + info.first_statistic;
        row<T const> const learned{m.data() + stage.first_learned + info.first_learned, info.learned};
        return {
            channels, first, learned.part(0, channels), learned.part(channels, channels), {m.data() + m.net().learned + first, channels}};
    }
    static row<T> saved_of(basic_model<T, B> const& m, block& b, std::size_t j, std::size_t i) {
        return b.memory->pass(m, j, b.memory->plan().stages[j].steps[i].first, {}).saved;
    }

    /// Sums of both passes, and the number of pixels behind them.
    comm::ordered_sum<double, C>& sum_of(C& ranks, layer const& of, std::size_t j, std::size_t i) {
        return sums_.try_emplace({j, i}, ranks, 2 * of.channels + 1, 1, comm::sum_to::all_whole).first->second;
    }

    void normalise(basic_model<T, B> const& m, std::span<block> own, layer const& of, std::span<double const> sums, double count,
                   std::size_t j, std::size_t i) {
        std::size_t const channels = of.channels;
        std::vector<T> mean(channels), variance(channels), measured(2 * channels);
        for (std::size_t c = 0; c < channels; ++c) {
            auto const found = arithmetic::moments_of(static_cast<double>(of.mean[c]), sums[c], sums[channels + c], count);
            mean[c] = static_cast<T>(found.mean);
            variance[c] = static_cast<T>(found.variance);
            T const *const running_mean = of.mean.data(), *const running_variance = running_mean + channels;
            measured[c] = arithmetic::moved(batch_normalisation_momentum, running_mean[c], found.mean);
            measured[channels + c] = arithmetic::moved(batch_normalisation_momentum, running_variance[c], found.unbiased);
        }
        for (block& b : own) {
            if (b.rows == 0) continue;
            auto const& places = b.memory->plan().stages[j];
            row<T> const saved = saved_of(m, b, j, i);
            std::ranges::copy(mean, saved.data());
            for (std::size_t c = 0; c < channels; ++c)
                saved[channels + c] = arithmetic::inverse_deviation<T>(batch_normalisation_epsilon, static_cast<double>(variance[c]));
            std::ranges::copy(measured, b.measured.data() + of.first_statistic);
            compute(b.memory->run, batch_normalisation_inference<T>{.x = b.memory->input_of_step(j, i, b.rows),
                                                                    .gamma = of.gamma,
                                                                    .beta = of.beta,
                                                                    .running_mean = {mean.data(), channels},
                                                                    .running_variance = {variance.data(), channels},
                                                                    .y = b.memory->at(places.outputs[i], b.rows, places.steps[i].out)});
        }
    }

    bool wanted_;
    std::map<std::pair<std::size_t, std::size_t>, comm::ordered_sum<double, C>> sums_; ///< by stage and step
    std::vector<std::vector<double>> own_sums_;                                        ///< of the blocks, in the backward pass
    std::vector<double> whole_;                                                        ///< of all blocks
};

} // namespace mcfa
