#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <mcfa/kernel/loss.hpp>
#include <mcfa/model/forward.hpp>
#include <mcfa/train/joint_loss.hpp>

namespace mcfa {

/// What a pass over held-out data finds: per stage the mean loss of each term, and the metric of each task.
struct findings {
    struct stage {
        std::vector<double> losses; ///< per term; NaN where no sample has the label
        std::vector<std::pair<std::string, std::vector<figure>>> figures; ///< task name, then its figures
    };
    std::vector<stage> stages;
    std::size_t windows = 0;

    /// Sum over the last stage's terms of scale * loss, weights aside: lower is better.
    double total(std::vector<double> const& scales) const {
        double sum = 0;
        auto const& losses = stages.back().losses;
        for (std::size_t k = 0; k < losses.size(); ++k)
            if (losses[k] == losses[k]) sum += scales[k] * losses[k];
        return sum;
    }
    /// A figure of the last stage, "attributes.mean_accuracy" for example. Throws `option_error` if there is none of the name.
    double at(std::string const& name) const {
        for (auto const& [task, figures] : stages.back().figures)
            for (auto const& [figure, value] : figures)
                if (task + "." + figure == name) return value;
        throw option_error("monitor '" + name + "': the net's tasks have no such figure");
    }
};

/// One metric object for each task and stage of a net.
template <class Tasks>
struct metrics_of;

template <class... Tasks>
struct metrics_of<heads<Tasks...>> {
    std::tuple<typename Tasks::metric...> values;
};

template <class... Tasks>
metrics_of<heads<Tasks...>> metrics_for(heads<Tasks...> const&);

/// The metrics of all tasks for a user's `struct tasks : heads<...> {}`.
template <class Tasks>
using task_metrics = decltype(metrics_for(std::declval<Tasks const&>()));

/// Runs a model over a source of batches, in inference mode, and keeps one set of metrics per stage.
template <class Model>
class validation {
public:
    using tasks = typename Model::tasks;
    using metrics = task_metrics<tasks>;

    validation(Model const& m, std::size_t capacity)
        : model_(m), workspace_(m, capacity, purpose::inference), metrics_(m.net().stages.size()) {}

    /// `batches` has next(batch&); `begin` was called by the caller.
    template <class Batches>
    findings run(Batches& batches) {
        std::size_t const count = metrics_.size();
        findings result;
        result.stages.resize(count);
        std::vector<std::vector<double>> sums(count, std::vector<double>(terms));
        std::vector<double> labelled(terms, 0);
        metrics_.assign(count, {});
        batch b;
        while (batches.next(b)) {
            for (std::size_t j = 0; j < count; ++j) workspace_.load(j, b.windows[j], b.size);
            forward(model_, workspace_, b.size);
            for (std::size_t n = 0; n < b.size; ++n)
                for (std::size_t k = 0; k < terms; ++k) labelled[k] += b.masks(n, k);
            for (std::size_t j = 0; j < count; ++j) score(b, j, sums[j]);
            result.windows += b.size;
        }
        for (std::size_t j = 0; j < count; ++j) {
            auto& stage = result.stages[j];
            stage.losses.resize(terms);
            for (std::size_t k = 0; k < terms; ++k) stage.losses[k] = sums[j][k] / labelled[k];
            tasks::each([&]<class Task, std::size_t I>() {
                stage.figures.emplace_back(std::string(Task::name), std::get<I>(metrics_[j].values).figures());
            });
        }
        return result;
    }

    /// The metrics of the last run, by stage.
    metrics const& of_stage(std::size_t j) const { return metrics_[j]; }

private:
    static constexpr std::size_t terms = static_cast<std::size_t>(tasks::terms);

    void score(batch const& b, std::size_t j, std::vector<double>& sums) {
        auto const length = static_cast<std::size_t>(tasks::length);
        logits_.resize(b.size * length);
        workspace_.read(workspace_.logits(j), logits_.size(), logits_.data());
        for (std::size_t n = 0; n < b.size; ++n) {
            std::span<float const> const logits(logits_.data() + n * length, length);
            std::span<float const> const targets(b.targets.data() + n * static_cast<std::size_t>(tasks::targets), static_cast<std::size_t>(tasks::targets));
            std::span<float const> const masks(b.masks.data() + n * terms, terms);
            tasks::each([&]<class Task, std::size_t I>() {
                constexpr task_info info = tasks::info[I];
                auto const part = [](std::span<float const> row, int first, int count) {
                    return row.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
                };
                auto const z = part(logits, info.first_logit, info.length), y = part(targets, info.first_target, info.targets),
                           m = part(masks, info.first_term, info.terms);
                std::get<I>(metrics_[j].values).add(z, y, m);
                add_losses(info, z, y, m, sums.data() + info.first_term);
            });
        }
    }

    /// The losses on the host, in double: validation needs no gradients, and so no loss buffers on the backend.
    void add_losses(task_info const& task, std::span<float const> z, std::span<float const> y, std::span<float const> mask, double* sums) {
        logits_row_.assign(z.begin(), z.end());
        targets_row_.assign(y.begin(), y.end());
        masks_row_.assign(mask.begin(), mask.end());
        gradient_row_.resize(z.size());
        values_row_.resize(mask.size());
        loss const op{task.kind, task.length, task.targets, task.terms, 0, 0, 0, 0, 0, 0};
        arithmetic::evaluate_loss(op, logits_row_.data(), targets_row_.data(), masks_row_.data(), values_row_.data(), gradient_row_.data());
        for (std::size_t k = 0; k < mask.size(); ++k) sums[k] += values_row_[k];
    }

    Model const& model_;
    workspace<typename Model::scalar, typename Model::backend_type> workspace_;
    std::vector<metrics> metrics_;
    std::vector<float> logits_;
    std::vector<double> logits_row_, targets_row_, masks_row_, gradient_row_, values_row_;
};

} // namespace mcfa
