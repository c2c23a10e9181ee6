// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/arithmetic/loss.hpp>
#include <mcfa/cascade/batch.hpp>
#include <mcfa/core/error.hpp>
#include <mcfa/model/pass/forward.hpp>
#include <mcfa/train/loss/joint_loss.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace mcfa {

/// What a pass over held-out data finds: per stage the mean loss of each term, and the metric of each task.
struct evaluation_results {
    struct stage {
        std::vector<double> losses;                                       ///< per term; NaN where no sample has the label
        std::vector<std::pair<std::string, std::vector<figure>>> figures; ///< task name, then its figures
    };
    std::vector<stage> stages;
    std::size_t windows = 0;
    std::vector<std::pair<std::string, evaluation_results>> sources{}; ///< of a mixture, by name: the same on the windows of each

    /// Sum over the last stage's terms of scale * loss, weights aside: lower is better. NaN where no window has any label.
    double total(std::vector<double> const& scales) const {
        double sum = 0;
        bool known = false;
        auto const& losses = stages.back().losses;
        for (std::size_t k = 0; k < losses.size(); ++k)
            if (losses[k] == losses[k]) sum += scales[k] * losses[k], known = true;
        return known ? sum : std::numeric_limits<double>::quiet_NaN();
    }
    /// A figure of the last stage, by its full name as `full_name` has it.
    double at(std::string const& name) const {
        std::string const full = full_name(name);
        for (auto const& [task, figures] : stages.back().figures)
            for (auto const& [figure_name, value] : figures)
                if (task + "." + figure_name == full) return value;
        return std::numeric_limits<double>::quiet_NaN(); // `full_name` has thrown
    }
    /// A figure's name with its task's, "attributes.f1": as given, or for "f1" where one task alone has it. Throws `option_error` if none has, or several.
    std::string full_name(std::string const& name) const {
        std::string found;
        bool several = false;
        for (auto const& [task, figures] : stages.back().figures)
            for (auto const& [figure_name, value] : figures) {
                std::string const full = task + "." + figure_name;
                if (full == name) return full;
                if (figure_name != name) continue;
                several = several || !found.empty();
                found = full;
            }
        if (!found.empty() && !several) return found;
        std::string all = "loss";
        for (auto const& [task, figures] : stages.back().figures)
            for (auto const& [figure_name, value] : figures) all.append(", ").append(task).append(".").append(figure_name);
        throw option_error({"monitor '", name, "': ", several ? "several of " : "", "the net's tasks have ",
                            several ? "a figure of this name" : "no such figure", "; there are ", all});
    }
};

/// What a stage said of one window that was validated, rows of all tasks. The spans hold until the next window.
struct validated_window {
    std::size_t stage = 0;
    batch const& of;
    std::size_t row = 0; ///< of `of`
    std::span<float const> logits, targets, mask;
};

/// Runs a model over a source of batches, in inference mode, and keeps one metric per stage and task.
/// `Stored` is the arithmetic, as `prepared_model` has it: the scalar's, weights in float16, bfloat16 or int8.
template <class T, class B, class Stored = T>
class validation {
public:
    /// The model must outlive the validation.
    validation(basic_model<T, B> const& m, std::size_t capacity)
        : model_(m), workspace_(m, capacity, purpose::inference), terms_(m.net().terms) {}

    /// `batches` has next(batch&); `begin` was called by the caller. `sources` names those of a mixture, whose batches say which row is of which.
    /// A figure of a task without a labelled window is NaN. Throws `option_error` if there is no window at all.
    template <class Batches>
    evaluation_results run(Batches& batches, std::vector<std::string> const& sources = {}) {
        return run(batches, sources, [](validated_window const&) {});
    }
    /// The same, and `each(validated_window)` sees every window at every stage, for figures of a program's own.
    template <class Batches, class Each>
    evaluation_results run(Batches& batches, std::vector<std::string> const& sources, Each&& each) {
        std::size_t const count = model_.net().stages.size();
        clear(sources.size());
        prepared_model<T, B, Stored> const ready{model_, workspace_.capacity()};
        batch b;
        while (batches.next(b)) {
            for (std::size_t j = 0; j < count; ++j) workspace_.load(j, b.windows[j], b.size);
            forward(ready, workspace_, b.size);
            for (std::size_t j = 0; j < count; ++j) score(b, j, each);
        }
        return found(sources);
    }

    /// Over ranks: each runs its share of the batches, and all find the same results, to the bit those of one rank with these batches.
    /// `batches` is a `divided_batches`; gather(own, f) calls f with what each rank gives for `own`, in the ranks' order.
    template <class Batches, class Gather>
    evaluation_results run_divided(Batches& batches, std::vector<std::string> const& sources, Gather&& gather) {
        clear(sources.size());
        prepared_model<T, B, Stored> const ready{model_, workspace_.capacity()};
        while (batches.next()) {
            std::vector<float> own;
            for (batch const& b : batches.own()) {
                if (b.size == 0) continue;
                for (std::size_t j = 0; j < b.windows.size(); ++j) workspace_.load(j, b.windows[j], b.size);
                forward(ready, workspace_, b.size);
                append_rows(b, own);
            }
            gather(own, [&](std::vector<float> const& rows) { score_rows(rows); });
        }
        return found(sources);
    }

    /// The metric of a task at stage j, from the last run. Throws `option_error` for a task that the net does not learn.
    template <task K>
    typename K::metric const& metric(std::size_t j) const {
        for (auto const& candidate : tallies_.at(0).metrics.at(j))
            if (auto const* found = dynamic_cast<metric_of<K> const*>(candidate.get())) return found->value;
        throw option_error({"metric of task '", K::name, "': the net does not learn it, or nothing was run yet"});
    }

private:
    /// What the windows of a run, or those of one source, have come to so far.
    struct tally {
        explicit tally(net_info const& net) : metrics(net.stages.size()), sums(net.stages.size()), labelled(net.terms) {
            for (auto& stage : metrics)
                for (task_info const& task : net.tasks) stage.push_back(task.make_metric());
            for (auto& stage : sums) stage.resize(labelled.size());
        }
        std::vector<std::vector<std::unique_ptr<any_metric>>> metrics; ///< by stage and task
        std::vector<std::vector<double>> sums;                         ///< of losses, by stage and term
        std::vector<double> labelled;                                  ///< windows, by term
        std::size_t windows = 0;
    };

    void clear(std::size_t sources) {
        tallies_.clear();
        for (std::size_t s = 0; s < sources + 1; ++s) tallies_.emplace_back(model_.net());
    }

    evaluation_results found(std::vector<std::string> const& sources) const {
        if (tallies_[0].windows == 0) throw option_error("there is nothing to validate on: not one window could be read");
        evaluation_results result = found_in(tallies_[0]);
        for (std::size_t s = 0; s < sources.size(); ++s) result.sources.emplace_back(sources[s], found_in(tallies_[s + 1]));
        return result;
    }

    evaluation_results found_in(tally const& seen) const {
        evaluation_results result;
        result.windows = seen.windows;
        for (std::size_t j = 0; j < seen.sums.size(); ++j) {
            auto& stage = result.stages.emplace_back();
            for (std::size_t k = 0; k < terms_; ++k) stage.losses.push_back(seen.sums[j][k] / seen.labelled[k]);
            for (std::size_t t = 0; t < model_.net().tasks.size(); ++t) {
                task_info const& task = model_.net().tasks[t];
                auto figures = seen.metrics[j][t]->figures();
                auto const known = std::span(seen.labelled).subspan(task.first_term, task.terms);
                if (std::ranges::all_of(known, [](double n) { return n == 0; }))
                    for (auto& [name, value] : figures)
                        value = std::numeric_limits<double>::quiet_NaN(); // whatever a metric makes of nothing
                stage.figures.emplace_back(std::string(task.name), std::move(figures));
            }
        }
        return result;
    }

    template <class Each>
    void score(batch const& b, std::size_t j, Each&& each) {
        net_info const& net = model_.net();
        std::size_t const length = net.logits, targets = net.targets;
        logits_.resize(b.size * length);
        workspace_.read(workspace_.logits(j), logits_.size(), logits_.data());
        for (std::size_t n = 0; n < b.size; ++n) {
            float const *const z = logits_.data() + n * length, *const y = b.targets.data() + n * targets,
                               *const m = b.masks.data() + n * terms_;
            add(tallies_[0], j, z, y, m);
            if (tallies_.size() > 1) add(tallies_[b.sources.at(n) + 1], j, z, y, m);
            each(validated_window{j, b, n, {z, length}, {y, targets}, {m, terms_}});
        }
    }

    /// What other ranks must know of a block that was computed here: of each row its source, targets and mask, then its logits at every stage.
    void append_rows(batch const& b, std::vector<float>& to) {
        net_info const& net = model_.net();
        std::size_t const length = net.logits, targets = net.targets;
        std::size_t const width = 1 + targets + terms_ + net.stages.size() * length;
        to.resize(b.size * width); // of one block: a rank has one at most
        for (std::size_t n = 0; n < b.size; ++n) {
            float* row = to.data() + n * width;
            *row = static_cast<float>(b.sources.empty() ? 0 : b.sources[n]);
            row = std::copy_n(b.targets.data() + n * targets, targets, row + 1);
            std::copy_n(b.masks.data() + n * terms_, terms_, row);
        }
        logits_.resize(b.size * length);
        for (std::size_t j = 0; j < net.stages.size(); ++j) {
            workspace_.read(workspace_.logits(j), logits_.size(), logits_.data());
            for (std::size_t n = 0; n < b.size; ++n)
                std::copy_n(logits_.data() + n * length, length, to.data() + n * width + 1 + targets + terms_ + j * length);
        }
    }
    void score_rows(std::vector<float> const& rows) {
        net_info const& net = model_.net();
        std::size_t const length = net.logits, targets = net.targets;
        std::size_t const width = 1 + targets + terms_ + net.stages.size() * length;
        for (std::size_t first = 0; first < rows.size(); first += width) {
            float const *const y = rows.data() + first + 1, *const m = y + targets, *const z = m + terms_;
            for (std::size_t j = 0; j < net.stages.size(); ++j) {
                add(tallies_[0], j, z + j * length, y, m);
                if (tallies_.size() > 1) add(tallies_.at(static_cast<std::size_t>(rows[first]) + 1), j, z + j * length, y, m);
            }
        }
    }

    /// A window's logits, targets and mask, those of all tasks, at stage j.
    void add(tally& seen, std::size_t j, float const* logits, float const* targets, float const* mask) {
        auto const part = [](float const* row, int first, int count) { return std::span<float const>(row + first, count); };
        auto const& tasks = model_.net().tasks;
        for (std::size_t t = 0; t < tasks.size(); ++t) {
            task_info const& task = tasks[t];
            auto const z = part(logits, task.first_logit, task.length);
            auto const y = part(targets, task.first_target, task.targets);
            auto const m = part(mask, task.first_term, task.terms);
            seen.metrics[j][t]->add(z, y, m);
            add_losses(task, z, y, m, seen.sums[j].data() + task.first_term);
        }
        if (j > 0) return;
        for (std::size_t k = 0; k < terms_; ++k) seen.labelled[k] += mask[k];
        ++seen.windows;
    }

    /// The losses on the host, in double: validation needs no gradients, and so no loss buffers on the backend.
    void add_losses(task_info const& task, std::span<float const> z, std::span<float const> y, std::span<float const> mask, double* sums) {
        logits_row_.assign(z.begin(), z.end());
        targets_row_.assign(y.begin(), y.end());
        masks_row_.assign(mask.begin(), mask.end());
        gradient_row_.resize(z.size());
        values_row_.resize(mask.size());
        task.evaluate({.at = {.length = task.length, .targets = task.targets, .terms = task.terms},
                       .logits = {logits_row_.data(), 1, task.length},
                       .targets = {targets_row_.data(), 1, task.targets},
                       .mask = {masks_row_.data(), 1, task.terms},
                       .values = {values_row_.data(), 1, task.terms},
                       .dlogits = {gradient_row_.data(), 1, task.length}},
                      0);
        for (std::size_t k = 0; k < mask.size(); ++k) sums[k] += values_row_[k];
    }

    basic_model<T, B> const& model_;
    workspace_for<T, B, Stored> workspace_;
    std::size_t terms_;
    std::vector<tally> tallies_; ///< of all windows, then of each source's
    std::vector<float> logits_;
    std::vector<double> logits_row_, targets_row_, masks_row_, gradient_row_, values_row_;
};

template <class T, class B>
validation(basic_model<T, B> const&, std::size_t) -> validation<T, B>;

} // namespace mcfa
