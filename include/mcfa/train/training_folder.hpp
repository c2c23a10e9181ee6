// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/io/atomic_file.hpp>
#include <mcfa/io/folder_lock.hpp>
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

#include <cstddef>
#include <cstdlib>
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
/// `log.jsonl` and `last.safetensors`, a checkpoint, are written after every epoch, `best.safetensors` after each that was the best so
/// far. The folder is locked while the training runs.
struct training_folder {
    std::filesystem::path path;                    ///< made where it is missing
    std::map<std::string, std::string> metadata{}; ///< added to the weights files, for the program that will read them
    bool resume = false; ///< go on from `last.safetensors` if there is one; if false, an existing one is not overwritten but refused

    /// Throws `option_error` if the path is empty.
    training_files open() const;
};

/// The files of a training that runs. Whatever stops it, a kill or a failed write at any place, leaves a folder from which it goes on to
/// the same end: what an epoch writes is on the disk in the order log line, checkpoint, best weights, and the checkpoint alone decides
/// how far the training is. A log line beyond it is dropped, best weights that are missing behind it are written from it.
class training_files {
public:
    explicit training_files(training_folder folder)
        : folder_(std::move(folder)), last_(folder_.path / "last.safetensors"), best_(folder_.path / "best.safetensors") {}

    /// Makes and locks the folder, removes what killed processes left half-written, and takes a training up again where it should. Throws
    /// `file_error`, also where another training runs in the folder, and `option_error` where the folder holds another training or its
    /// settings differ.
    template <class Step, class Training, class HeldOut>
    training_position begin(Step& step, training_options const& options, std::size_t batches_per_epoch, Training const& training,
                            HeldOut const& held_out) {
        settings_ = settings_of(step, options, batches_per_epoch, training, held_out);
        bool const goes_on = prepare();
        training_position position;
        if (goes_on) {
            auto const resumed = load_checkpoint(step, settings_, options, last_);
            position = resumed.position;
            if (!resumed.not_compared.empty())
                note_ = last_.string() + " does not record these settings, so they were not compared: " + resumed.not_compared;
        }
        if (position.epoch > 0 && position.best_epoch == position.epoch && epoch_of_best() != position.best_epoch)
            io::save(step.model(), best_, metadata_of(position.best_epoch)); // the stop came between the two files
        log_.emplace(folder_.path / "log.jsonl", position.epoch);
        return position;
    }

    /// What `begin` could not check, in a sentence; empty otherwise.
    std::string const& note() const { return note_; }

    template <class Step>
    void keep(Step& step, training_position const& position, epoch_report const& report) {
        log_->add(to_json(step.model().net(), report));
        save_checkpoint(step, position, settings_, metadata_of(report.epoch), last_);
        if (report.best) io::save(step.model(), best_, metadata_of(report.epoch));
    }

    template <class Model>
    std::string restore(Model& model) const {
        io::load(model, last_);
        return last_.string();
    }

private:
    /// A training never overwrites another one's files. True if there is one to go on with.
    bool prepare() {
        std::error_code problem;
        std::filesystem::create_directories(folder_.path, problem);
        if (problem) throw file_error(folder_.path.string(), {"cannot be made (", problem.message(), ")"});
        lock_.emplace(folder_.path);
        io::remove_abandoned_temporaries(folder_.path);
        if (!is_there(last_)) {
            if (is_there(best_))
                throw option_error({"training folder: ", best_.string(),
                                    " is there from an earlier training that cannot be resumed without ", last_.filename().string(),
                                    "; choose another folder"});
            return false;
        }
        if (!folder_.resume)
            throw option_error(
                {"training folder: ", last_.string(), " is there from an earlier training; resume it, or choose another folder"});
        return true;
    }

    static bool is_there(std::filesystem::path const& path) {
        std::error_code problem;
        bool const found = std::filesystem::exists(path, problem);
        if (problem) throw file_error(path.string(), {"cannot be looked for (", problem.message(), ")"});
        return found;
    }

    std::map<std::string, std::string> metadata_of(int epoch) const {
        auto metadata = folder_.metadata;
        metadata["epoch"] = std::to_string(epoch);
        return metadata;
    }

    /// The epoch whose weights `best.safetensors` says it has; 0 if it is missing or damaged.
    int epoch_of_best() const {
        if (!is_there(best_)) return 0;
        try {
            return std::atoi(io::safetensors_file::read(best_).metadata_at("epoch").c_str());
        } catch (file_error const&) {
            return 0;
        }
    }

    training_folder folder_;
    std::filesystem::path last_, best_;
    io::json settings_;
    std::string note_;
    std::optional<io::folder_lock> lock_;
    std::optional<training_log> log_;
};

inline training_files training_folder::open() const {
    if (path.empty()) throw option_error("training folder: the path is empty");
    return training_files(*this);
}

} // namespace mcfa
