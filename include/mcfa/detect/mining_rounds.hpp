// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/random.hpp>
#include <mcfa/data/mined_file.hpp>
#include <mcfa/data/split.hpp>
#include <mcfa/detect/detector_options.hpp>
#include <mcfa/detect/mining.hpp>
#include <mcfa/io/load.hpp>
#include <mcfa/io/safetensors/reader.hpp>
#include <mcfa/train/files/checkpoint.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <utility>
#include <vector>

namespace mcfa::detect {

/// Rounds of mining in a training.
struct mining_options {
    int rounds = 0;            ///< spread evenly over the epochs, none after the last; 0 to epochs - 1
    int epochs = 1;            ///< of the training
    std::size_t photos = 3000; ///< searched in a round, at most
    mcfa::seed seed{};         ///< which photos are searched
    double threshold = 0.3;    ///< of every stage, 0 to 1; low, so that doubtful windows pass
    float smallest_face = 24;  ///< see `detector_options`

    /// Throws `option_error` if a value is out of its range.
    void check() const {
        if (rounds < 0) throw option_error({"mining: rounds is ", rounds, ", must be at least 0"});
        if (rounds > 0 && rounds >= epochs) throw option_error({"mining: ", rounds, " rounds need more epochs than ", epochs});
        if (rounds > 0 && photos < 1) throw option_error("mining: photos is 0, must be at least 1");
    }
};

/// What one round found.
struct mining_round {
    int number = 0;              ///< from 1
    std::size_t alarms = 0;      ///< false alarms of this round
    std::size_t all_alarms = 0;  ///< of all rounds so far
    std::size_t photos = 0;      ///< that were searched
    std::size_t faces_found = 0; ///< annotated faces on them that were found
};

/// Adds false alarms of the net itself to the background that it learns from, in rounds spread evenly over the epochs of a training. The
/// windows of all rounds are kept in `mined.txt` in the training's folder, so that a training that is resumed goes on with them.
///
///     detect::mining_rounds rounds({.rounds = 2, .epochs = 12}, training, "runs/a", m,
///                                  [&](detector_options options) { return detector{m, options}; });
///     rounds.resume();                                                     // if the training is resumed
///     t.on_epoch = [&](epoch_report const& report) { rounds.after(report.epoch); };
///
/// `Model` is a `model` or `basic_model`; `MakeDetector` makes a detector of its present weights. The model must outlive the rounds.
template <class Model, class MakeDetector>
class mining_rounds {
public:
    std::function<void(mining_round const&)> on_round;                                     ///< called after a round, if set
    std::function<void(std::size_t done, std::size_t total, std::size_t alarms)> on_photo; ///< called after each photo, if set

    /// Throws `option_error` for options out of their range.
    mining_rounds(mining_options options, data::split training, std::filesystem::path folder, Model& model, MakeDetector make_detector)
        : options_(options),
          training_(std::move(training)),
          checkpoint_(folder / "last.safetensors"),
          file_(folder / "mined.txt"),
          model_(model),
          make_detector_(std::move(make_detector)) {
        options_.check();
    }

    /// Takes up the windows of the rounds so far from the folder. If the training was stopped between an epoch and its round, the round is
    /// made up for with the weights of that epoch. Throws `file_error` for files that do not fit.
    void resume() {
        if (options_.rounds == 0 || !std::filesystem::exists(checkpoint_)) return;
        auto const checkpoint = io::safetensors_file::read(checkpoint_);
        int const epoch = position_reader(checkpoint.metadata_at("training"), checkpoint_.string()).position().epoch;
        if (std::filesystem::exists(file_)) {
            auto found = data::load_mined(file_, training_.source().size());
            if (found.first > options_.rounds)
                throw file_error(file_.string(), {"holds windows of ", found.first, " rounds, but the training has ", options_.rounds});
            done_ = found.first;
            training_.mined() = std::move(found.second);
        }
        if (done_ >= due(epoch)) return;
        auto const initial = model_.values();
        model_.assign(io::model_values(model_, checkpoint));
        after(epoch);
        model_.assign(initial);
    }

    /// Mines if a round is due after this epoch (from 1). Throws `error` if no photo could be read, `file_error` if `mined.txt` cannot be
    /// written.
    void after(int epoch) {
        if (done_ >= due(epoch)) return;
        int const number = due(epoch);
        auto const found = search(split_key(options_.seed.value, 0x6d696e65u + static_cast<std::uint64_t>(number)));
        auto& all = training_.mined();
        all.insert(all.end(), found.alarms.begin(), found.alarms.end());
        data::save_mined(file_, number, all);
        done_ = number;
        if (on_round) on_round({number, found.alarms.size(), all.size(), found.photos, found.faces_found});
    }

    /// Rounds so far.
    int done() const { return done_; }

private:
    mining_result search(std::uint64_t key) const {
        detector_options how;
        how.thresholds.assign(model_.net().stages.size(), options_.threshold);
        how.smallest_face = options_.smallest_face;
        return mine(make_detector_(std::move(how)), training_, options_.photos, key,
                    [&](std::size_t done, std::size_t total, std::size_t alarms) {
                        if (on_photo) on_photo(done, total, alarms);
                    });
    }

    /// How many rounds there should be after an epoch.
    int due(int epoch) const {
        if (epoch >= options_.epochs) return done_;
        return static_cast<int>(static_cast<std::int64_t>(epoch) * (options_.rounds + 1) / options_.epochs);
    }

    mining_options options_;
    data::split training_;
    std::filesystem::path checkpoint_, file_;
    Model& model_;
    MakeDetector make_detector_;
    int done_ = 0;
};

} // namespace mcfa::detect
