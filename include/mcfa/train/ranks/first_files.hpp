// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/comm/collective.hpp>
#include <mcfa/comm/together.hpp>
#include <mcfa/train/epoch_report.hpp>
#include <mcfa/train/files/no_folder.hpp>
#include <mcfa/train/files/training_position.hpp>
#include <mcfa/train/training_options.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace mcfa {

/// The files of a training over ranks, which rank 0 alone reads and writes; what it reads goes to all.
template <class Files, comm::communicator C>
class first_files {
public:
    template <class Folder>
    first_files(C& ranks, Folder const& folder) : ranks_(ranks) {
        if (ranks.rank() == 0) files_.reset(new Files(folder.open())); // which may be fixed to its place
    }

    /// Where to go on, on all ranks; model, moments and policy are then those of rank 0.
    template <class Step, class Training, class HeldOut>
    training_position begin(Step& step, training_options const& options, std::size_t batches_per_epoch, Training const& training,
                            HeldOut const& held_out) {
        training_position position;
        comm::together(ranks_, [&] {
            if (files_) position = files_->begin(step, options, batches_per_epoch, training, held_out);
        });
        comm::broadcast(ranks_, std::span(&position, 1));
        share(step);
        step.divide_moments(ranks_);
        step.set_steps(position.steps);
        return position;
    }

    std::string note() const { return files_ ? std::string(files_->note()) : std::string(); }

    template <class Step>
    void keep(Step& step, training_position const& position, epoch_report const& report) {
        if constexpr (!std::is_same_v<Files, no_folder>) step.collect_moments(ranks_);
        if (files_) files_->keep(step, position, report);
        if constexpr (!std::is_same_v<Files, no_folder>) step.release_moments(ranks_);
    }

    template <class Model>
    std::string restore(Model& model) {
        std::string path;
        comm::together(ranks_, [&] {
            if (files_) path = files_->restore(model);
        });
        path = comm::text_of_first(ranks_, path);
        if (!path.empty()) share(model);
        return path;
    }

private:
    template <class T, class B>
    void share(basic_model<T, B>& model) {
        auto values = model.values();
        comm::broadcast(ranks_, std::span(values));
        model.assign(values);
    }
    template <class Step>
        requires requires(Step& step) { step.policy_state(); }
    void share(Step& step) {
        using T = typename Step::scalar;
        share(step.model());
        std::vector<T> moment(step.model().net().learned);
        for (std::size_t i = 0; i < std::remove_cvref_t<decltype(step.optimiser())>::moments; ++i) {
            step.execution().copy_out(moment.data(), static_cast<T const*>(step.moment(i)), moment.size());
            comm::broadcast(ranks_, std::span(moment));
            step.execution().copy_in(step.moment(i), moment.data(), moment.size());
        }
        step.visit_policy(step.policy_state(), [&](std::string_view, std::vector<double>& values) {
            std::uint64_t size = values.size();
            comm::broadcast(ranks_, std::span(&size, 1));
            values.resize(size);
            comm::broadcast(ranks_, std::span(values));
        });
    }

    C& ranks_;
    std::unique_ptr<Files> files_; ///< of rank 0
};

} // namespace mcfa
