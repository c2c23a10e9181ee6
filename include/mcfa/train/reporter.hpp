// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/cascade.hpp>
#include <mcfa/train/epoch_report.hpp>
#include <mcfa/train/progress.hpp>

#include <cmath>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <span>
#include <string>

namespace mcfa {

/// How far an epoch is, after one of its steps.
struct step_report {
    net_info const& net;
    int epoch = 1, epochs = 1;
    std::size_t done = 0, steps = 0; ///< of this epoch
    std::size_t windows = 0;         ///< seen in this epoch
    double seconds = 0;              ///< since it began
    std::span<double const> losses;  ///< of the last stage in the last step, per term; NaN if no sample had the label
    double conflict = std::nan("");  ///< of the last stage, the share of pairs of attributes whose gradients conflict; NaN if not measured
};

/// Receives the progress of a training, so that a program can log it in its own way:
///
///     trainer t{m, sgd{}, weighting::uniform{}, my_reporter{}};
///
/// `resumed(epoch)` when a training is taken up again, `step(step_report)` after each step, `epoch(epoch_report, epochs)` after each epoch.
/// Optional: `note(std::string const&)`, a sentence on what could not be checked.
template <class R>
concept reporter = requires(R r, step_report const& step, epoch_report const& epoch) {
    r.resumed(1);
    r.step(step);
    r.epoch(epoch, 10);
};

/// Names what a type lacks to be a reporter.
template <class R>
struct reporter_lacks {
    static_assert(reporter<R>, "mcfa: a reporter needs `void resumed(int epoch)`, `void step(step_report const&)` and "
                               "`void epoch(epoch_report const&, int epochs)`; see <reporter> above");
};

/// Reports nothing.
struct no_report {
    void resumed(int) {}
    void step(step_report const&) {}
    void epoch(epoch_report const&, int) {}
};

/// A line an epoch on standard output, and on a terminal a progress bar: what a trainer has unless given another.
class console_report {
public:
    void resumed(int epoch) { std::printf("resumed after epoch %d\n", epoch); }
    void note(std::string const& text) { std::printf("note: %s\n", text.c_str()); }

    void step(step_report const& r) {
        if (!bar_) bar_ = std::make_unique<progress_bar>("epoch " + std::to_string(r.epoch) + "/" + std::to_string(r.epochs), r.steps);
        bar_->show(r.done, text_of(r));
        if (r.done == r.steps) bar_.reset();
    }

    void epoch(epoch_report const& r, int epochs) {
        bar_.reset();
        std::printf("epoch %d/%d  %.0f s  %.1f images/s", r.epoch, epochs, r.seconds, r.images_per_second);
        print(r.validated);
        if (!r.conflicts.empty() && !std::isnan(r.conflicts.back().share))
            std::printf("  conflicts %.1f %%", 100 * r.conflicts.back().share);
        std::printf("%s\n", r.best ? "  *best" : "");
        for (auto const& [source, found] : r.validated.sources) {
            std::printf("  %s:", source.c_str());
            print(found);
            std::printf("\n");
        }
        std::fflush(stdout);
    }

private:
    /// The last stage's figures; "-" for one that no window supports.
    static void print(evaluation_results const& found) {
        for (auto const& [task, figures] : found.stages.back().figures)
            for (auto const& [name, value] : figures)
                std::isnan(value) ? std::printf("  %s.%s -", task.c_str(), name.c_str())
                                  : std::printf("  %s.%s %.4f", task.c_str(), name.c_str(), value);
    }

    /// "35.1 images/s face 0.21 box 0.013", each task by the mean of its terms.
    static std::string text_of(step_report const& r) {
        char text[64];
        std::snprintf(text, sizeof text, "%.1f images/s ", static_cast<double>(r.windows) / r.seconds);
        std::string all = text;
        for (task_info const& task : r.net.tasks) {
            double sum = 0;
            int known = 0;
            for (double const loss : r.losses.subspan(task.first_term, task.terms))
                if (std::isfinite(loss)) sum += loss, ++known;
            if (known == 0) continue; // no sample of this batch has the label
            std::snprintf(text, sizeof text, " %s %.3g", std::string(task.name).c_str(), sum / known);
            all += text;
        }
        if (!std::isnan(r.conflict)) {
            std::snprintf(text, sizeof text, " conflicts %.1f %%", 100 * r.conflict);
            all += text;
        }
        return all;
    }

    std::unique_ptr<progress_bar> bar_; ///< of the epoch that is running
};

} // namespace mcfa
