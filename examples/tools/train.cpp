// SPDX-License-Identifier: MIT
// Trains a multi-task cascade on a folder of photos in CelebA's layout, end to end; under mpirun on all ranks of the job.
#include "cascades/bf16_model.hpp"
#include "cascades/chosen_cascade.hpp"
#include "command_line/command_line.hpp"
#include "command_line/program.hpp"
#include "job.hpp"
#include "photo_limits.hpp"

#include <mcfa/backend/eigen_in_bf16.hpp>
#include <mcfa/core/error.hpp>
#include <mcfa/core/message.hpp>
#include <mcfa/core/printable.hpp>
#include <mcfa/data/celeba.hpp>
#include <mcfa/data/mixture.hpp>
#include <mcfa/data/one_class.hpp>
#include <mcfa/detect/mining_rounds.hpp>
#include <mcfa/io/load.hpp>
#include <mcfa/model/describe.hpp>
#include <mcfa/train/progress.hpp>
#include <mcfa/train/reporter.hpp>
#include <mcfa/train/trainer.hpp>
#include <mcfa/train/training_folder.hpp>
#include <mcfa/weighting/make.hpp>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace {

/// Set by the first SIGINT or SIGTERM; a second one ends the program at once.
std::sig_atomic_t volatile interrupted = 0;

void stop_at_signals() {
    for (int const signal : {SIGINT, SIGTERM})
        std::signal(signal, [](int number) {
            interrupted = number;
            std::signal(number, SIG_DFL);
        });
}

struct options {
    std::vector<std::string> data, frozen, scales;
    std::vector<double> shares, corrupt;
    std::string out, init, weighting = "harder_first", arithmetic = "float", other_faces;
    net_choice net;
    photo_limits largest;
    int epochs = 12, threads = 2, mine = 0;
    std::size_t batch = 32, mined_photos = 3000;
    double rate = 2e-3;
    std::uint64_t seed = 1;
    bool resume = false, detector = false, conflicts = false;
};

/// How training windows are drawn. A detector meets windows as its sweep finds them: less exactly placed, often of few pixels, mostly background.
mcfa::data::sampling windows_for(options const& o, double corrupt, mcfa::data::source_facts const& facts) {
    mcfa::data::sampling windows;
    windows.angle = 6; // the photos of this layout are upright
    if (!o.detector) return windows;
    windows.angle = 12; // a photo's faces are not
    windows.shift = 0.1f;
    windows.scale = {0.84f, 1.19f};
    windows.resolution = o.corrupt.empty() ? 0.4f : 0.15f;
    windows.corrupt.share = static_cast<float>(corrupt);
    windows.inside = 0.25f;
    windows.mix = {.positive = 6, .part = 2, .negative = 6, .landmarks = 6};
    if (facts.place_only) windows.mix.negative = 1; // a photo that is hardly more than its face has little background
    return windows;
}

/// The folders' training and validation parts, each folder a source of the name that its path ends in.
struct parts {
    std::vector<mcfa::data::mixture_source> training, validation;
    std::vector<bool> all_faces; ///< by source
};

parts read_folders(options const& o) {
    if (!o.shares.empty() && o.shares.size() != o.data.size())
        throw mcfa::option_error({"share: ", o.shares.size(), " are given for ", o.data.size(), " folders; give one for each, or none"});
    if (o.corrupt.size() > 1 && o.corrupt.size() != o.data.size())
        throw mcfa::option_error(
            {"corrupt: ", o.corrupt.size(), " are given for ", o.data.size(), " folders; give one for each, or one for all"});
    if (!o.other_faces.empty() && o.data.size() > 1)
        throw mcfa::option_error("other-faces: of several folders each has its own list, Anno/list_other_faces.txt");
    parts all;
    for (std::size_t i = 0; i < o.data.size(); ++i) {
        mcfa::data::celeba_options lists;
        lists.other_faces = o.other_faces;
        lists.limits = o.largest.limits();
        mcfa::data::celeba const faces{o.data[i], lists};
        auto const path = std::filesystem::absolute(o.data[i]).lexically_normal();
        std::string const name = (path.has_filename() ? path : path.parent_path()).filename().string();
        double const corrupt = o.corrupt.empty() ? 0 : o.corrupt[o.corrupt.size() == 1 ? 0 : i];
        all.training.push_back({name, faces.training(windows_for(o, corrupt, faces.facts())), o.shares.empty() ? 0 : o.shares[i]});
        all.validation.push_back({name, faces.validation()});
        all.all_faces.push_back(faces.facts().all_faces);
    }
    return all;
}

/// The photos that are searched for false alarms: where there are several folders, those of one that has all its faces marked.
mcfa::data::split searched(options const& o, parts const& all) {
    if (all.training.size() == 1 || o.mine == 0) return all.training[0].photos;
    for (std::size_t i = 0; i < all.training.size(); ++i)
        if (all.all_faces[i]) return all.training[i].photos;
    throw mcfa::option_error("mine: none of the folders says in Anno/source.txt that all its faces are marked, so an alarm may be a face");
}

/// Attributes whose labels are of one class alone in every folder.
std::vector<std::string> of_one_class(parts const& all, std::vector<std::string> const& names) {
    std::vector<std::string> alone = names;
    for (auto const& source : all.training) {
        auto const here = mcfa::data::attributes_of_one_class(source.photos, names);
        std::erase_if(alone, [&](std::string const& name) { return std::ranges::find(here, name) == here.end(); });
    }
    return alone;
}

/// Factors on the tasks' losses from "task=factor".
std::map<std::string, double> scales_of(std::vector<std::string> const& texts) {
    std::map<std::string, double> scales;
    for (std::string const& text : texts) {
        auto const sign = text.find('=');
        double factor = 0;
        char const* const end = text.data() + text.size();
        if (sign == 0 || sign == std::string::npos ||
            std::from_chars(text.data() + sign + 1, end, factor) != std::from_chars_result{end, {}})
            throw mcfa::option_error({"scale: '", text, "' is not a task and a factor, such as attributes=3"});
        scales[text.substr(0, sign)] = factor;
    }
    return scales;
}

/// Returns the status to end with. Rank 0 of several speaks for all. `fits` becomes true when what one rank throws is known to all.
/// `detector(options)` is one of the model's present weights.
template <class Model, class MakeDetector, class Ranks>
int train(options const& o, Model& model, MakeDetector const& detector, Ranks ranks, bool& fits) {
    bool const speaks = ranks.rank() == 0;
    if (!o.init.empty()) mcfa::io::load(model, o.init);
    auto policy = mcfa::weighting::make(o.weighting);
    policy.wants_gramian = policy.wants_gramian || o.conflicts; // which is what measures them
    auto const folders = read_folders(o);
    mcfa::data::mixture const training(folders.training), validation(folders.validation);
    if (speaks) {
        std::printf("%s\n", mcfa::describe(model.net(), o.batch).c_str());
        std::printf("%zu photos to train on, %zu to validate; weights by %s; products in %s; %d threads", training.size(),
                    validation.size(), o.weighting.c_str(), o.arithmetic.c_str(), o.threads);
        ranks.size() > 1 ? std::printf(" on each of %d ranks\n", ranks.size()) : std::printf("\n");
        std::printf("trained on: %s\n", training.composition().c_str());
    }
    if (auto const alone = of_one_class(folders, mcfa::encoding_of(model.net()).attribute_names); speaks && !alone.empty()) {
        std::string names;
        for (auto const& name : alone) names += (names.empty() ? "" : ", ") + name;
        complain("train", mcfa::join({"the labels of ", alone.size(),
                                      " attributes are of one class alone, or unknown, on all photos to train on; of these the net learns "
                                      "nothing: ",
                                      names}));
    }

    mcfa::training_options t;
    t.epochs = o.epochs;
    t.batch = o.batch;
    t.rate = mcfa::one_cycle{};
    t.clip = 20;
    t.monitor = "loss";                            // of all tasks: the most accurate attributes alone would leave better landmarks behind
    t.scales = {{"box", 1.0}, {"landmarks", 4.0}}; // four or ten numbers beside forty attributes
    if (o.detector) {
        t.scales = {{"face", 4.0}, {"box", 4.0}, {"landmarks", 20.0}}; // where things are matters more here
        t.hard_example_share = 0.7;
    }
    for (auto const& [task, factor] : scales_of(o.scales)) t.scales[task] = factor;
    t.frozen = o.frozen;
    t.seed = mcfa::seed{o.seed};
    t.threads = o.threads;
    mcfa::training_folder out{.path = o.out, .metadata = metadata_of(o.net), .resume = o.resume};
    out.metadata["data"] = training.composition();
    if (o.arithmetic != "float") out.metadata["arithmetic"] = o.arithmetic;

    mcfa::trainer trainer{model, mcfa::adamw{.rate = o.rate, .weight_decay = 0.05}, policy, mcfa::console_report{}, ranks};
    mcfa::detect::mining_rounds rounds({.rounds = o.mine, .epochs = o.epochs, .photos = o.mined_photos, .seed = t.seed},
                                       searched(o, folders), out.path, model, detector);
    std::optional<mcfa::progress_bar> bar;
    rounds.on_photo = [&](std::size_t done, std::size_t total, std::size_t alarms) {
        if (!bar) bar.emplace("mining", total);
        bar->show(done, std::to_string(alarms) + " false alarms");
    };
    rounds.on_round = [&](mcfa::detect::mining_round const& round) {
        bar.reset();
        std::printf("round %d of mining: %zu false alarms, %zu in all; %zu of the faces on %zu photos found\n", round.number, round.alarms,
                    round.all_alarms, round.faces_found, round.photos);
        std::fflush(stdout);
    };
    if (o.resume) rounds.resume();
    int finished = 0;
    trainer.on_epoch = [&](mcfa::epoch_report const& report) {
        finished = report.epoch;
        rounds.after(report.epoch);
    };
    trainer.stop = [] { return interrupted != 0; };
    stop_at_signals();
    fits = true;
    trainer.fit(training, validation, t, out);
    if (!speaks) return 0;
    if (interrupted != 0 && finished < o.epochs) {
        complain("train", "stopped by a signal; --resume goes on after the last finished epoch");
        return 128 + interrupted;
    }
    std::printf("weights of the best epoch: %s\n", mcfa::printable((out.path / "best.safetensors").string()).c_str());
    return 0;
}

/// In the arithmetic that was chosen; photos are searched in float.
template <class Ranks>
int train(options const& o, Ranks ranks, bool& fits) {
    auto const cascade = make_cascade(o.net, mcfa::seed{o.seed}, o.threads);
    if (o.mine > 0 && ranks.size() > 1) throw mcfa::option_error("mine: photos are searched on one rank only; leave mpirun out, or --mine");
    if (o.mine > 0 && !cascade->sweeps()) throw mcfa::option_error("mine: the net's first stage cannot sweep photos");
    auto const detector = [&](mcfa::detector_options how) { return cascade->detector(std::move(how)); };
    if (o.arithmetic == "float") return train(o, cascade->model(), detector, ranks, fits);
    auto const model = make_bf16_model(o.net, mcfa::seed{o.seed}, o.threads);
    auto const of_its_weights = [&](mcfa::detector_options how) {
        cascade->model().assign(model->values());
        return detector(std::move(how));
    };
    return train(o, *model, of_its_weights, ranks, fits);
}

} // namespace

int main(int argc, char** argv) {
    options o;
    command_line line{"Train a multi-task cascade for face, box, landmarks and 40 attributes on photos in CelebA's folder layout."};
    line.add("--data", o.data, "folder with Img/, Anno/ and Eval/; several, each with its --data, are mixed").required();
    line.add("--share", o.shares,
             "of the windows, relative to the other folders', in their order; else each folder is gone through once an epoch");
    line.add("--out", o.out, "folder for best.safetensors, last.safetensors and log.jsonl").required();
    line.add("--net", o.net.net, "mcfa: the paper's cascade; slim: a small one that finds faces quickly; mobile: MobileNet-like stages");
    line.add("--width", o.net.width, "of every layer of mcfa, times the paper's: 1, 1/2, 1/4 or 1/8");
    line.add("--stages", o.net.stages, "of mcfa, 3: S, M and L; 2: S and M alone, a fifth of the work; 1: S alone");
    line.add("--weighting", o.weighting, "how attributes are weighted: uniform, harder_first, upgrad or another rule of docs/weighting.md");
    line.add_flag("--conflicts", o.conflicts, "measure how far the attributes' gradients conflict, for the log and the progress line");
    line.add("--epochs", o.epochs, "times through the training photos");
    line.add("--batch", o.batch, "windows in a step");
    line.add("--rate", o.rate, "peak learning rate of the one-cycle schedule");
    line.add("--arithmetic", o.arithmetic, "of the products in training: float or bfloat16; sums and weights are float in both")
        .one_of({"float", "bfloat16"});
    line.add("--seed", o.seed, "of initial weights, order, augmentation and dropout");
    line.add("--threads", o.threads, "for the net, and as many that read photos; the result is the same for any number");
    line.add_flag("--detector", o.detector,
                  "train for whole photos: more background, parts of faces, few pixels, and the 70 % hardest examples of a batch");
    line.add("--corrupt", o.corrupt,
             "probability of each change by which photographs differ from portraits: light, colour cast, contrast, noise, blur, covered "
             "parts, the photo's edge, turns of 45 degrees; several, one for each --data; turns --detector on");
    line.add("--mine", o.mine,
             "rounds, spread over the epochs, in which false alarms on training photos become background; turns --detector on")
        .not_negative();
    line.add("--mined-photos", o.mined_photos, "looked through in a round");
    line.add("--other-faces", o.other_faces, "list of boxes of faces that the data does not speak of: neither background nor false alarms");
    add_photo_limits(line, o.largest);
    line.add("--scale", o.scales, "factor on a task's loss, such as attributes=3; several, each with its --scale");
    line.add("--init", o.init, "weights to begin with, of an earlier training of the same net; none: drawn at random");
    line.add("--frozen", o.frozen, "a stage, layer or task that stays as --init has it, such as slim_s; several, each with its --frozen");
    line.add_flag("--resume", o.resume, "go on from last.safetensors in --out");
    if (auto const status = line.parse(argc, argv)) return *status;
    o.detector = o.detector || o.mine > 0 || std::ranges::any_of(o.corrupt, [](double share) { return share != 0; });

    bool fits = false;
    return run_program("train", [&] { return on_ranks_of_job(fits, [&](auto ranks) { return train(o, ranks, fits); }); });
}
