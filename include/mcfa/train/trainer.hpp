// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/batch_source.hpp>
#include <mcfa/comm/alone.hpp>
#include <mcfa/core/error.hpp>
#include <mcfa/core/message.hpp>
#include <mcfa/core/refusal.hpp>
#include <mcfa/train/epoch_report.hpp>
#include <mcfa/train/files/no_folder.hpp>
#include <mcfa/train/files/training_position.hpp>
#include <mcfa/train/monitored_figure.hpp>
#include <mcfa/train/reporter.hpp>
#include <mcfa/train/step/batch_of_one.hpp>
#include <mcfa/train/step/driver_over.hpp>
#include <mcfa/train/step/training_step.hpp>
#include <mcfa/train/training_options.hpp>
#include <mcfa/train/validation.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace mcfa {

/// Says why the optimiser, the policy, the reporter or the communicator is none. The trainer itself stands below.
template <class T, class B, class Optimiser, class Policy, class Reporter = console_report, class Communicator = comm::alone>
class trainer {
    static_assert(stated<optimiser_lacks<Optimiser, T, B>> && stated<weighting::policy_lacks<Policy>> && stated<reporter_lacks<Reporter>> &&
                  stated<comm::communicator_lacks<Communicator>>);

public:
    template <class... More>
    trainer(basic_model<T, B>&, Optimiser, Policy, More const&...) {}
    std::function<void(epoch_report const&)> on_epoch;
    std::function<bool()> stop;
    template <class Training, class HeldOut, class Folder = no_folder>
    std::vector<epoch_report> fit(Training const&, HeldOut const&, training_options = {}, Folder const& = {});
};

/// Trains a model end to end:
///
///     trainer t{m, sgd{.rate = 0.01, .momentum = 0.9}, weighting::harder_first{}};
///     t.fit(faces.training(), faces.validation(), {.epochs = 10, .batch = 32});
///
/// A fourth argument reports progress in another way than `console_report`: `no_report{}`, or a reporter of the program's own. The last one may
/// be a communicator, such as `comm::mpi::world()`: its ranks train one model together (docs/distributed.md). Each then calls `fit` with the same
/// arguments, computes its share of every batch, and has the same model and reports; rank 0 alone reports and keeps files.
/// A `training_folder` beside the options keeps checkpoints and a log, and with `resume` takes a training up again.
/// Data is any `batch_source`.
template <class T, class B, optimiser_of<T, B> Optimiser, weighting::policy Policy, reporter Reporter, comm::communicator Communicator>
class trainer<T, B, Optimiser, Policy, Reporter, Communicator> {
    static constexpr bool alone = std::same_as<Communicator, comm::alone>;
    static_assert(
        alone || requires { sizeof(over_ranks<Communicator>); },
        "mcfa: a program that trains over ranks needs `#include <mcfa/train/over_ranks.hpp>`");
    using over = over_ranks<Communicator>;

public:
    using step_type = training_step<T, B, Optimiser, Policy, typename driver_over<Communicator, T, B, Optimiser, Policy>::type>;

    trainer(basic_model<T, B>& m, Optimiser optimiser, Policy policy, Reporter reporter = {}, Communicator ranks = {})
        requires std::default_initializable<Communicator>
        : model_(m), optimiser_(optimiser), policy_(std::move(policy)), reporter_(std::move(reporter)), ranks_(std::move(ranks)) {}
    trainer(basic_model<T, B>& m, Optimiser optimiser, Policy policy, Reporter reporter, Communicator ranks)
        requires(!std::default_initializable<Communicator>)
        : model_(m), optimiser_(optimiser), policy_(std::move(policy)), reporter_(std::move(reporter)), ranks_(std::move(ranks)) {}
    trainer(basic_model<T, B>& m, Optimiser optimiser, Policy policy, Communicator ranks)
        requires(!alone)
        : model_(m), optimiser_(optimiser), policy_(std::move(policy)), ranks_(std::move(ranks)) {}

    /// Called after each epoch, its files written; a program may draw or log. Over ranks, on rank 0 alone.
    std::function<void(epoch_report const&)> on_epoch;

    /// Called after each step, on the thread of `fit`; true, of any rank, ends the training, as a signal or a `std::stop_token` may ask. The model then keeps the
    /// steps of the unfinished epoch, and the files are those of the last finished one, after which `resume` goes on to the same bits.
    std::function<bool()> stop;

    /// Returns the reports of the epochs that it finished. Throws `option_error` for options that make no sense, `file_error` where files
    /// fail, and `divergence_error` where a loss is no longer finite: then the model is that of the last checkpoint, or as it began
    /// where there is none, and the files stay as they are. `folder` is a `training_folder`, or `no_folder`.
    /// Over ranks what one of them throws ends all: it is told to the others, which throw `comm::rank_error` with its rank and reason. Ranks that
    /// differ in net, options, data or library are refused so before the first step.
    template <batch_source Training, batch_source HeldOut, class Folder = no_folder>
    std::vector<epoch_report> fit(Training const& training, HeldOut const& held_out, training_options options = {},
                                  Folder const& folder = {}) {
        if constexpr (alone) {
            auto parts = prepare(training, held_out, options, folder);
            return run(parts, training, held_out, options);
        } else {
            auto const parts = over::together(ranks_, [&] { return prepare(training, held_out, options, folder); });
            over::agree(ranks_, parts->step, options, parts->batches.batches_per_epoch(), training, held_out);
            return run(*parts, training, held_out, options);
        }
    }

    /// Says what is missing if the data is no source of batches.
    template <class Training, class HeldOut, class Folder = no_folder>
        requires(!batch_source<Training> || !batch_source<HeldOut>)
    std::vector<epoch_report> fit(Training const&, HeldOut const&, training_options = {}, Folder const& = {}) {
        static_assert(check_batch_source<Training>() && check_batch_source<HeldOut>());
        return {};
    }

private:
    using policy_traits = weighting::policy_traits<Policy>;

    /// What reads a source: its own reader, or over ranks the rank's part of it.
    template <class Source>
    static auto read(Source const& source, encoding const& rows, batch_options const& options) {
        if constexpr (alone) return source.batches(rows, options);
        else return over::read(source, rows, options);
    }
    template <class Folder>
    auto open(Folder const& folder) {
        if constexpr (alone) return folder.open();
        else return over::open(ranks_, folder);
    }

    /// Of a training that is ready to run.
    template <class Files, class Batches, class ValidationBatches>
    struct parts_of {
        Files files;
        Batches batches;
        ValidationBatches validation_batches;
        step_type step;
        mcfa::validation<T, B> evaluation;
    };

    /// Checks and makes everything; asks other ranks for nothing.
    template <class Training, class HeldOut, class Folder>
    [[gnu::noinline]] auto prepare(Training const& training, HeldOut const& held_out, training_options& options, Folder const& folder) {
        check(options);
        options.monitor = name_of_figure(model_.net(), options.monitor);
        model_.set_attribute_thresholds({}); // they belong to the weights that were
        model_.set_detection_thresholds({});
        model_.set_quantisation({});
        encoding const rows = encoding_of(model_.net());
        batch_options wanted{options.batch, options.threads, options.seed, true};
        batch_options judged{options.batch, options.threads, options.seed, false};
        std::size_t capacity = options.batch, judged_capacity = options.batch;
        if constexpr (!alone) {
            capacity = block_of(options);
            judged_capacity = std::min<std::size_t>(options.batch, largest_judged);
            judged.batch = judged_capacity * ranks_.size(); // a rank judges whole batches, as one would without ranks
            wanted.share = {capacity, ranks_.rank(), ranks_.size()};
            judged.share = {judged_capacity, ranks_.rank(), ranks_.size()};
        }
        using files = decltype(open(folder));
        using batches = decltype(read(training, rows, wanted));
        using validation_batches = decltype(read(held_out, rows, judged));
        return parts_of<files, batches, validation_batches>{.files = open(folder),
                                                            .batches = read(training, rows, wanted),
                                                            .validation_batches = read(held_out, rows, judged),
                                                            .step = make_step(options, capacity),
                                                            .evaluation = mcfa::validation<T, B>(model_, judged_capacity)};
    }

    step_type make_step(training_options const& options, std::size_t capacity) {
        auto const made = [&](auto const&... for_driver) {
            return step_type(model_, optimiser_, policy_, capacity, options.scales, options.clip, options.seed, options.hard_example_share,
                             part_rates(model_.net(), options.frozen, options.rates), for_driver...);
        };
        if constexpr (alone) return made();
        else return made(options.ranks);
    }

    template <class Parts, class Training, class HeldOut>
    std::vector<epoch_report> run(Parts& parts, Training const& training, HeldOut const& held_out, training_options const& options) {
        auto& [files, batches, validation_batches, step, evaluation] = parts;
        if (batches.batches_per_epoch() == 0) throw option_error("there is nothing to train on: no photo with a known face");
        if (validation_batches.batches_per_epoch() == 0) throw option_error("there is nothing to validate on: no photo with a known face");
        check_monitored(validation_batches, options.monitor);

        training_position position = files.begin(step, options, batches.batches_per_epoch(), training, held_out);
        if (leads()) {
            if (position.epoch > 0) reporter_.resumed(position.epoch);
            if constexpr (requires { reporter_.note(std::string()); })
                if (auto const note = files.note(); !note.empty()) reporter_.note(note);
        }
        if constexpr (alone) {
            return run_epochs(parts, held_out, options, position);
        } else {
            try {
                return run_epochs(parts, held_out, options, position);
            } catch (divergence_error const&) { // all ranks have the same sums, and throw it
                throw;
            } catch (comm::rank_error const&) { // all ranks know
                throw;
            } catch (...) {
                over::stop(ranks_);
                throw;
            }
        }
    }

    template <class Parts, class HeldOut>
    std::vector<epoch_report> run_epochs(Parts& parts, HeldOut const& held_out, training_options const& options,
                                         training_position position) {
        auto& [files, batches, validation_batches, step, evaluation] = parts;
        auto const initial = model_.values();
        std::vector<epoch_report> history;
        while (position.epoch < options.epochs && !out_of_patience(options, position)) {
            epoch_report r;
            r.epoch = position.epoch + 1;
            try {
                if (!run_epoch(step, batches, options, position, r)) return history;
                step.check_model();
            } catch (divergence_error const& problem) {
                std::string const last = position.epoch > 0 ? files.restore(model_) : std::string();
                if (last.empty()) model_.assign(initial);
                throw divergence_error({"epoch ", r.epoch, ", step ", step.steps() + 1, ": ", problem.what(),
                                        (last.empty() ? "; no checkpoint was written yet" : "; the last good checkpoint is " + last)});
            }
            r.validated = validated(evaluation, validation_batches, held_out);
            tell_policy(step, r);
            r.monitored = value_of_figure(options.monitor, r.validated, [&](std::size_t k) { return step.losses().scale(k); });
            r.best = std::isfinite(r.monitored) &&
                     (position.best_epoch == 0 || !std::isfinite(position.best) || is_better(options.monitor, r.monitored, position.best));
            position.epoch = r.epoch;
            position.steps = step.steps();
            if (r.best) position.best = r.monitored, position.best_epoch = r.epoch;

            if constexpr (!alone) over::check_same(ranks_, model_.values(), r.epoch);
            files.keep(step, position, r);
            if (leads()) {
                reporter_.epoch(r, options.epochs);
                if (on_epoch) on_epoch(r);
            }
            history.push_back(std::move(r));
            bool ends = stop && stop();
            if constexpr (!alone) ends = over::any(ranks_, ends);
            if (ends) break;
        }
        return history;
    }

    template <class Batches, class HeldOut>
    evaluation_results validated(mcfa::validation<T, B>& evaluation, Batches& batches, HeldOut const& held_out) {
        std::vector<std::string> sources;
        if constexpr (requires { held_out.source_names(); }) sources = held_out.source_names();
        batches.begin(0);
        if constexpr (alone) return evaluation.run(batches, sources);
        else return over::validate(ranks_, evaluation, batches, sources);
    }

    /// Whether this is the rank that reports.
    bool leads() const { return ranks_.rank() == 0; }

    /// Over ranks: windows in a block.
    std::size_t block_of(training_options const& options) const {
        std::size_t const ranks = ranks_.size();
        return options.block == 0 ? (options.batch + ranks - 1) / ranks : std::min(options.block, options.batch);
    }

    /// False if `stop` ended it before its last step.
    template <class Batches>
    bool run_epoch(step_type& step, Batches& batches, training_options const& options, training_position const& position, epoch_report& r) {
        auto const start = std::chrono::steady_clock::now();
        auto const seconds = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(); };
        std::size_t const stages = model_.net().stages.size();
        auto const scheduled = static_cast<long>(batches.batches_per_epoch()) * (options.epochs - position.schedule_epoch);
        step.clear_totals();
        std::size_t windows = 0, done = 0;
        batches.begin(static_cast<std::uint64_t>(r.epoch));
        while (next(batches)) {
            double const factor = options.rate(step.steps() - position.schedule_steps, scheduled);
            if constexpr (alone) {
                if (batch_.size == 1 && options.batch > 1) continue; // a remainder of one has no variance for batch normalisation
                step.run(batch_, factor);
                windows += batch_.size;
            } else {
                auto const ran = step.run(ranks_, batches, factor, done > 0 && stop && stop());
                if (ran.stopped) return false;
                if (ran.windows == 0) continue;
                windows += ran.windows;
            }
            r.rate = optimiser_.rate * factor;
            ++done;
            if (leads())
                reporter_.step({.net = model_.net(),
                                .epoch = r.epoch,
                                .epochs = options.epochs,
                                .done = done,
                                .steps = batches.batches_per_epoch(),
                                .windows = windows,
                                .seconds = seconds(),
                                .losses = step.losses().means(stages - 1),
                                .conflict = step.conflict_share()});
            if constexpr (alone)
                if (stop && stop() && done < batches.batches_per_epoch()) return false;
        }
        if (done == 0) throw option_error({"epoch ", r.epoch, ": there is nothing to train on: not one batch could be read"});
        step_totals const& seen = step.totals();
        r.losses = seen.losses;
        r.weights = seen.weights;
        for (auto const& meter : seen.conflicts) r.conflicts.push_back(meter.result());
        for (std::size_t j = 0; j < stages; ++j) {
            for (std::size_t k = 0; k < seen.labelled.size(); ++k) r.losses[j][k] /= seen.labelled[k];
            for (double& u : r.weights[j]) u /= static_cast<double>(done);
        }
        r.steps = step.steps();
        r.seconds = seconds();
        r.images_per_second = static_cast<double>(windows) / r.seconds;
        return true;
    }

    /// Epoch means of training and validation, for the policies that go by epochs.
    void tell_policy(step_type& step, epoch_report const& r) {
        auto const& weighted = step.losses().weighted();
        if (weighted.empty()) return;
        std::vector<double> trained(weighted.size()), validated(weighted.size());
        for (std::size_t j = 0; j < r.losses.size(); ++j) {
            for (std::size_t i = 0; i < weighted.size(); ++i) {
                trained[i] = r.losses[j][weighted[i]];
                validated[i] = r.validated.stages[j].losses[weighted[i]];
            }
            policy_traits::trained(policy_, step.policy_state(), static_cast<int>(j), trained);
            policy_traits::validated(policy_, step.policy_state(), static_cast<int>(j), validated);
        }
    }

    static bool out_of_patience(training_options const& options, training_position const& position) {
        return options.patience > 0 && position.epoch - position.best_epoch >= options.patience;
    }

    template <class Batches>
    bool next(Batches& batches) {
        if constexpr (alone) return batches.next(batch_);
        else return batches.next();
    }

    /// Throws where no window of the validation data has a label for what is monitored; reads batches up to the first that has one.
    template <class Batches>
    void check_monitored(Batches& batches, std::string const& monitor) {
        std::size_t windows = 0;
        bool found = false;
        if constexpr (alone) {
            for (batches.begin(0); !found && batches.next(batch_); windows += batch_.size)
                found = has_label_for(model_.net(), monitor, batch_);
        } else {
            over::together(ranks_, [&] {
                for (batches.begin(0); !found && batches.next();)
                    for (batch const& b : batches.own()) found = found || has_label_for(model_.net(), monitor, b), windows += b.size;
            });
            found = over::any(ranks_, found);
            windows = over::sum(ranks_, windows);
        }
        if (found) return;
        if (windows == 0) throw option_error("there is nothing to validate on: not one window could be read");
        throw option_error({"monitor '", monitor, "': not one of the ", windows, " windows to validate on has a label for it"});
    }
    void check(training_options const& options) const {
        if (!(std::isfinite(optimiser_.rate) && optimiser_.rate >= 0))
            throw option_error({"the optimiser's rate is ", optimiser_.rate, ", must be finite and not negative"});
        if constexpr (requires { optimiser_.check(); }) optimiser_.check();
        options.check();
        std::size_t together = options.batch;
        if constexpr (!alone) {
            together = block_of(options);
            std::size_t const blocks = (options.batch + together - 1) / together;
            if (blocks < static_cast<std::size_t>(ranks_.size()))
                throw option_error({"batch is ", options.batch, ", which is ", blocks, " blocks of ", together,
                                    " windows (option block), fewer than the ", ranks_.size(), " ranks"});
        }
        bool const over_batch = alone || options.ranks.batch_norm == batch_norm_over::batch;
        if ((over_batch ? options.batch : together) == 1)
            check_batch_of_one(model_.net(), part_rates(model_.net(), options.frozen, options.rates), over_batch ? "batch" : "block");
    }

    basic_model<T, B>& model_;
    Optimiser optimiser_;
    Policy policy_;
    Reporter reporter_;
    [[no_unique_address]] Communicator ranks_{};
    batch batch_;
    static constexpr std::size_t largest_judged = 64; ///< over ranks, windows that one of them validates at a time
};

template <class T, class B, class Optimiser, class Policy>
trainer(basic_model<T, B>&, Optimiser, Policy) -> trainer<T, B, Optimiser, Policy>;
template <class T, class B, class Optimiser, class Policy, class Reporter>
trainer(basic_model<T, B>&, Optimiser, Policy, Reporter) -> trainer<T, B, Optimiser, Policy, Reporter>;
template <class T, class B, class Optimiser, class Policy, class Communicator>
    requires(!reporter<Communicator> && requires(Communicator const& here) { here.rank(); })
trainer(basic_model<T, B>&, Optimiser, Policy, Communicator) -> trainer<T, B, Optimiser, Policy, console_report, Communicator>;
template <class T, class B, class Optimiser, class Policy, class Reporter, class Communicator>
trainer(basic_model<T, B>&, Optimiser, Policy, Reporter, Communicator) -> trainer<T, B, Optimiser, Policy, Reporter, Communicator>;

} // namespace mcfa
