// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/io/json/json.hpp>
#include <mcfa/io/load.hpp>
#include <mcfa/io/save.hpp>
#include <mcfa/train/epoch_report.hpp>
#include <mcfa/train/files/checkpoint.hpp>
#include <mcfa/train/files/report_json.hpp>
#include <mcfa/train/files/training_log.hpp>
#include <mcfa/train/files/training_position.hpp>
#include <mcfa/train/files/training_settings.hpp>
#include <mcfa/train/training_options.hpp>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

namespace mcfa {

class training_files;

/// Where a training keeps its files:
///
///     t.fit(faces.training(), faces.validation(), {.epochs = 10}, training_folder{"runs/a"});
///
/// `last.safetensors`, a checkpoint, and `log.jsonl` are written after every epoch, `best.safetensors` after each that was the best so far.
struct training_folder {
    std::filesystem::path path;                    ///< made where it is missing
    std::map<std::string, std::string> metadata{}; ///< added to the weights files, for the program that will read them
    bool resume = false; ///< go on from `last.safetensors` where there is one; without it, one that is there is not overwritten but refused

    /// Throws `option_error` where the path is empty.
    training_files open() const;
};

/// The files of a training that runs.
class training_files {
public:
    explicit training_files(training_folder folder)
        : folder_(std::move(folder)), last_(folder_.path / "last.safetensors"), best_(folder_.path / "best.safetensors") {}

    /// Makes the folder, and takes a training up again where it should. Throws `file_error`, and `option_error` where the folder holds
    /// another training or its settings differ.
    template <class Step>
    training_position begin(Step& step, training_options const& options, long total_steps) {
        settings_ = settings_of(step, options, total_steps);
        prepare();
        training_position position;
        if (folder_.resume && std::filesystem::exists(last_)) position = load_checkpoint(step, settings_, last_);
        log_.emplace(folder_.path / "log.jsonl", position.epoch);
        return position;
    }

    template <class Step>
    void keep(Step& step, training_position const& position, epoch_report const& report) {
        auto metadata = folder_.metadata;
        metadata["epoch"] = std::to_string(report.epoch);
        if (report.best) io::save(step.model(), best_, metadata);
        // Before the checkpoint: a line too many goes when training resumes, one too few is lost.
        log_->add(to_json(step.model().net(), report));
        save_checkpoint(step, position, settings_, metadata, last_);
    }

    template <class Model>
    std::string restore(Model& model) const {
        io::load(model, last_);
        return last_.string();
    }

private:
    /// A training never overwrites another one's files.
    void prepare() const {
        std::error_code problem;
        std::filesystem::create_directories(folder_.path, problem);
        if (problem) throw file_error(folder_.path.string(), {"cannot be made (", problem.message(), ")"});
        if (std::filesystem::exists(last_)) {
            if (!folder_.resume)
                throw option_error(
                    {"training folder: ", last_.string(), " is there from an earlier training; resume it, or choose another folder"});
        } else if (std::filesystem::exists(best_)) {
            throw option_error({"training folder: ", best_.string(), " is there from an earlier training that cannot be resumed without ",
                                last_.filename().string(), "; choose another folder"});
        }
    }

    training_folder folder_;
    std::filesystem::path last_, best_;
    io::json settings_;
    std::optional<training_log> log_;
};

inline training_files training_folder::open() const {
    if (path.empty()) throw option_error("training folder: the path is empty");
    return training_files(*this);
}

} // namespace mcfa
