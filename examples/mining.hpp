#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <mcfa/backend/eigen.hpp>
#include <mcfa/core/error.hpp>
#include <mcfa/data/mined_file.hpp>
#include <mcfa/detect/detector.hpp>
#include <mcfa/detect/mining.hpp>
#include <mcfa/io/model_file.hpp>
#include <mcfa/train/progress.hpp>

/// Looks for false alarms of the model at hand: on how many photos of a split, drawn by which key.
using alarm_finder = std::function<std::vector<mcfa::data::mined_window>(mcfa::data::split const&, std::size_t, std::uint64_t)>;

/// The alarms of a model that sweeps, at thresholds that let the doubtful pass.
template <class Model>
std::vector<mcfa::data::mined_window> alarms_of(Model const& model, mcfa::data::split const& photos, std::size_t count, std::uint64_t key) {
    if constexpr (mcfa::detect::first_footprint<typename Model::net_type>::slides) {
        mcfa::detector_options options;
        options.thresholds.assign(Model::net_type::count, 0.3);
        options.smallest_face = 24;
        mcfa::detector const find{model, options};
        mcfa::progress_bar bar("mining", count);
        return mcfa::detect::mine(find, photos, count, key, [&](std::size_t done, std::size_t, std::size_t alarms) {
            bar.show(done, std::to_string(alarms) + " false alarms");
        });
    } else {
        throw mcfa::option_error("mine: the net's first stage cannot sweep photos");
    }
}

/// Rounds of mining, spread evenly over the epochs of a training. Windows of all rounds are kept in `mined.txt` beside the checkpoints, so that a
/// training that is taken up again goes on with them.
class mining_rounds {
public:
    struct options {
        int rounds, epochs;
        std::size_t photos; ///< looked through in a round
        std::uint64_t seed;
    };

    mining_rounds(options how, mcfa::data::split training, std::filesystem::path const& out, alarm_finder find)
        : how_(how), training_(std::move(training)), out_(out), file_(out / "mined.txt"), find_(std::move(find)) {
        if (how_.rounds >= how_.epochs)
            throw mcfa::option_error("mine: " + std::to_string(how_.rounds) + " rounds need more epochs than " +
                                     std::to_string(how_.epochs));
    }

    /// Takes up the rounds so far. A training that was stopped in the middle of one mines again, with the weights of its last epoch.
    template <class T, class B>
    void resume(mcfa::basic_model<T, B>& model) {
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
        auto const found = find_(training_, how_.photos, mcfa::split_key(how_.seed, 0x6d696e65u + static_cast<std::uint64_t>(done_)));
        auto& all = training_.mined();
        all.insert(all.end(), found.begin(), found.end());
        mcfa::data::save_mined(file_, done_, all);
        std::printf("round %d of mining: %zu false alarms, %zu in all\n", done_, found.size(), all.size());
        std::fflush(stdout);
    }

private:
    /// How many rounds there should be after an epoch; none after the last.
    int due(int epoch) const { return epoch >= how_.epochs ? done_ : epoch * (how_.rounds + 1) / how_.epochs; }

    options how_;
    mcfa::data::split training_;
    std::filesystem::path out_, file_;
    alarm_finder find_;
    int done_ = 0;
};
