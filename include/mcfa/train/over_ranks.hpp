// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/comm/collective.hpp>
#include <mcfa/comm/ordered_sum.hpp>
#include <mcfa/comm/together.hpp>
#include <mcfa/train/ranks/agreement.hpp>
#include <mcfa/train/ranks/divided_batches.hpp>
#include <mcfa/train/ranks/first_files.hpp>
#include <mcfa/train/ranks/ranks_driver.hpp>
#include <mcfa/train/trainer.hpp>

#include <cstddef>
#include <cstring>
#include <exception>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace mcfa {

/// What a trainer needs of other headers to train over ranks: a program with a communicator includes this one beside it.
template <comm::communicator C>
struct over_ranks<C> {
    template <class T, class B, class Optimiser, class Policy>
    using driver = ranks_driver<C, T, B, Optimiser, Policy>;

    template <class Source>
    static auto read(Source const& source, encoding const& rows, batch_options const& options) {
        return divided_batches(source, rows, options);
    }
    template <class Folder>
    static auto open(C& ranks, Folder const& folder) {
        return first_files<decltype(folder.open()), C>(ranks, folder);
    }
    template <class F>
    static auto together(C& ranks, F&& f) {
        return comm::together(ranks, std::forward<F>(f));
    }
    static bool any(C& ranks, bool own) { return comm::any(ranks, own); }
    static std::size_t sum(C& ranks, std::size_t own) {
        comm::sum(ranks, std::span(&own, 1));
        return own;
    }

    /// Throws on all ranks if one has another net, other options or other data than rank 0.
    template <class Step, class Training, class HeldOut>
    static void agree(C& ranks, Step& step, training_options const& options, std::size_t batches_per_epoch, Training const& training,
                      HeldOut const& held_out) {
        auto const own = comm::together(ranks, [&] { return settings_of_rank(step, options, batches_per_epoch, training, held_out); });
        check_agreement(ranks, *own);
    }
    template <class T>
    static void check_same(C& ranks, std::vector<T> const& values, int epoch) {
        check_same_values(ranks, values, epoch);
    }

    template <class Validation, class Batches>
    static evaluation_results validate(C& ranks, Validation& evaluation, Batches& batches, std::vector<std::string> const& sources) {
        return evaluation.run_divided(batches, sources, [&](std::vector<float> const& own, auto const& each) {
            for (auto const& bytes : comm::gather(ranks, std::as_bytes(std::span(own)))) {
                std::vector<float> rows(bytes.size() / sizeof(float));
                if (!rows.empty()) std::memcpy(rows.data(), bytes.data(), bytes.size());
                each(rows);
            }
        });
    }

    /// Tells the others of the exception that is being handled.
    static void stop(C& ranks) { ranks.stop(comm::reason_of(std::current_exception())); }
};

} // namespace mcfa
