// SPDX-License-Identifier: MIT
#pragma once

#include "cascades/chosen_cascade.hpp"

#include <mcfa/core/error.hpp>
#include <mcfa/data/mined_file.hpp>
#include <mcfa/detect/mining.hpp>
#include <mcfa/io/load.hpp>
#include <mcfa/train/progress.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <utility>

/// Rounds of mining, spread evenly over the epochs of a training. Windows of all rounds are kept in `mined.txt` beside the checkpoints, so that a
/// training that is taken up again goes on with them.
class mining_rounds {
public:
    struct options {
        int rounds, epochs;
        std::size_t photos; ///< looked through in a round
        std::uint64_t seed;
    };

    mining_rounds(options how, mcfa::data::split training, std::filesystem::path const& out, chosen_cascade& cascade)
        : how_(how), training_(std::move(training)), out_(out), file_(out / "mined.txt"), cascade_(cascade) {
        if (how_.rounds > 0 && !cascade_.sweeps()) throw mcfa::option_error("mine: the net's first stage cannot sweep photos");
        if (how_.rounds >= how_.epochs)
            throw mcfa::option_error("mine: " + std::to_string(how_.rounds) + " rounds need more epochs than " +
                                     std::to_string(how_.epochs));
    }

    /// Takes up the rounds so far. A training that was stopped in the middle of one mines again, with the weights of its last epoch.
    void resume() {
        auto& model = cascade_.model();
        auto const last = out_ / "last.safetensors";
        if (how_.rounds == 0 || !std::filesystem::exists(last)) return;
        int const epoch = std::stoi(mcfa::io::safetensors_file::read(last).metadata_at("epoch"));
        if (std::filesystem::exists(file_)) {
            auto found = mcfa::data::load_mined(file_, training_.source().size());
            done_ = found.first;
            training_.mined() = std::move(found.second);
        }
        if (done_ >= due(epoch)) return;
        auto const initial = model.values();
        mcfa::io::load(model, last);
        after(epoch);
        model.assign(initial);
    }

    /// Mines where a round is due after an epoch.
    void after(int epoch) {
        if (done_ >= due(epoch)) return;
        done_ = due(epoch);
        auto const found = search(mcfa::split_key(how_.seed, 0x6d696e65u + static_cast<std::uint64_t>(done_)));
        auto& all = training_.mined();
        all.insert(all.end(), found.alarms.begin(), found.alarms.end());
        mcfa::data::save_mined(file_, done_, all);
        std::printf("round %d of mining: %zu false alarms, %zu in all; %zu of the faces on %zu photos found\n", done_, found.alarms.size(),
                    all.size(), found.faces_found, found.photos);
        std::fflush(stdout);
    }

private:
    /// Of the weights of now, at thresholds that let the doubtful pass, on photos drawn by the key.
    mcfa::detect::mining_result search(std::uint64_t key) {
        mcfa::detector_options options;
        options.thresholds.assign(cascade_.stages(), 0.3);
        options.smallest_face = 24;
        mcfa::progress_bar bar("mining", std::min(how_.photos, training_.size()));
        return mcfa::detect::mine(
            cascade_.detector(options), training_, how_.photos, key,
            [&](std::size_t done, std::size_t, std::size_t count) { bar.show(done, std::to_string(count) + " false alarms"); });
    }

    /// How many rounds there should be after an epoch; none after the last.
    int due(int epoch) const { return epoch >= how_.epochs ? done_ : epoch * (how_.rounds + 1) / how_.epochs; }

    options how_;
    mcfa::data::split training_;
    std::filesystem::path out_, file_;
    chosen_cascade& cascade_;
    int done_ = 0;
};
