// SPDX-License-Identifier: MIT
// Trains one net by several weighting rules and seeds, and writes what differs between them.
#include "ablation/ablation_page.hpp"
#include "ablation/comparison.hpp"
#include "ablation/one_run.hpp"
#include "command_line/command_line.hpp"
#include "command_line/program.hpp"

#include <mcfa/core/error.hpp>
#include <mcfa/data/celeba.hpp>
#include <mcfa/version.hpp>
#include <mcfa/zoo/mcfa.hpp>

#include <nlohmann/json.hpp>
#include <sys/utsname.h>

#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace {

struct options : ablation_options {
    std::string data, rules = "uniform,harder_first,fixed:harder_first,famo,smooth_tchebycheff,bilevel,upgrad,fair", stages = "SM";
    int seeds = 3;
    bool resume = false;
};

/// "a,b" as its parts.
std::vector<std::string> parts_of(std::string const& text) {
    std::vector<std::string> parts;
    std::istringstream stream(text);
    for (std::string part; std::getline(stream, part, ',');) parts.push_back(part);
    return parts;
}

/// "x86_64, Intel(R) Xeon(R) ...".
std::string machine() {
    utsname system{};
    std::string text = uname(&system) == 0 ? system.machine : "unknown machine";
    std::ifstream stream("/proc/cpuinfo");
    for (std::string line; std::getline(stream, line);)
        if (line.starts_with("model name")) return text + ", " + line.substr(line.find(':') + 2);
    return text;
}

nlohmann::json to_json(spread const& s) { return {{"mean", s.mean}, {"deviation", s.deviation}}; }

nlohmann::json to_json(comparison const& found, std::vector<run_answers> const& runs, std::vector<std::string> const& facts) {
    nlohmann::json all{{"facts", facts}};
    for (std::size_t const k : found.hardest) all["hardest"].push_back(std::string(mcfa::zoo::celeba_attributes::names[k]));
    for (auto const& row : found.rows)
        all["rules"].push_back({{"stages", row.stages},
                                {"rule", row.rule},
                                {"accuracy", to_json(row.accuracy)},
                                {"balanced_accuracy", to_json(row.balanced)},
                                {"f1", to_json(row.f1)},
                                {"hardest_accuracy", to_json(row.hardest)},
                                {"effective_attributes", row.effective},
                                {"conflicts", row.conflicts},
                                {"seconds", row.seconds},
                                {"accuracy_gain", row.accuracy_gain},
                                {"accuracy_p_of_persons", row.accuracy_p},
                                {"accuracy_p_of_seeds", row.accuracy_p_of_seeds},
                                {"hardest_gain", row.hardest_gain},
                                {"hardest_p_of_persons", row.hardest_p},
                                {"hardest_p_of_seeds", row.hardest_p_of_seeds}});
    for (auto const& run : runs) {
        auto const figures = figures_of(run, found.hardest);
        all["runs"].push_back({{"stages", run.stages},
                               {"rule", run.rule},
                               {"seed", run.seed},
                               {"accuracy", figures.accuracy},
                               {"balanced_accuracy", figures.balanced},
                               {"f1", figures.f1},
                               {"hardest_accuracy", figures.hardest},
                               {"validation_loss", run.validation_loss},
                               {"effective_attributes", run.effective},
                               {"conflicts", run.conflicts},
                               {"seconds", run.seconds}});
    }
    return all;
}

void ablate(options const& o, std::string const& command) {
    std::vector<one_run> runs;
    for (auto const& stages : parts_of(o.stages))
        for (auto const& rule : parts_of(o.rules))
            for (int seed = 1; seed <= o.seeds; ++seed) runs.emplace_back(o, stages, rule, seed);
    if (runs.empty()) throw mcfa::option_error("there is nothing to train: no rules, or no stages");
    if (!o.resume && std::filesystem::exists(std::filesystem::path(o.out) / "runs"))
        throw mcfa::option_error({"out: ", o.out, " has an earlier ablation; go on with it by --resume, or choose another folder"});
    mcfa::data::celeba const faces{o.data};
    std::vector<run_answers> answers;
    for (auto const& run : runs) {
        auto done = run.finished();
        std::printf("[%zu/%zu] %s%s\n", answers.size() + 1, runs.size(), run.title().c_str(), done ? ": finished earlier" : "");
        std::fflush(stdout);
        answers.push_back(done ? std::move(*done) : run.finish(faces));
    }
    auto const found = compare(answers);
    std::vector<std::string> const facts{
        "Command: " + command, "mcfa " + std::string(mcfa::version) + "; " + machine() + ", " + std::to_string(o.threads) + " threads",
        std::to_string(faces.training().size()) + " photos to train on, " + std::to_string(faces.test().size()) +
            " to test; weights of the last epoch"};
    std::vector<std::string> const names(mcfa::zoo::celeba_attributes::names.begin(), mcfa::zoo::celeba_attributes::names.end());
    std::filesystem::path const out(o.out);
    write_text((out / "report.json").string(), to_json(found, answers, facts).dump(2) + "\n");
    write_text((out / "report.html").string(), ablation_page(facts, answers, found, names));
    for (auto const& row : found.rows)
        std::printf("%-4s %-24s accuracy %.2f %%  balanced %.2f %%  F1 %.2f %%  hardest ten %.2f %%  p %.4f\n", row.stages.c_str(),
                    row.rule.c_str(), 100 * row.accuracy.mean, 100 * row.balanced.mean, 100 * row.f1.mean, 100 * row.hardest.mean,
                    row.hardest_p);
    std::printf("report: %s\n", (out / "report.html").string().c_str());
}

} // namespace

int main(int argc, char** argv) {
    options o;
    command_line line{"Train a cascade by several weighting rules and seeds, and compare them on the test part."};
    line.add("--data", o.data, "folder with Img/, Anno/ and Eval/").required();
    line.add("--out", o.out, "folder for report.html, report.json and a folder for each training").required();
    line.add("--rules", o.rules,
             "names of docs/weighting.md, with commas; fixed:NAME has the weights that NAME ended with; all are compared with the first");
    line.add("--seeds", o.seeds, "trainings of each rule").positive();
    line.add("--stages", o.stages, "SM, SML or both, with a comma");
    line.add("--width", o.width, "of every layer, times the paper's: 1, 1/2, 1/4 or 1/8");
    line.add("--epochs", o.epochs, "times through the training photos").positive();
    line.add("--batch", o.batch, "windows in a step");
    line.add("--rate", o.rate, "peak learning rate of the one-cycle schedule");
    line.add("--threads", o.threads, "for the net, and as many that read photos").positive();
    line.add_flag("--resume", o.resume, "go on where an earlier call was interrupted");
    if (auto const status = line.parse(argc, argv)) return *status;
    std::string command;
    for (int i = 0; i < argc; ++i) // --resume changes nothing of what comes out
        if (std::string const word = argv[i]; word != "--resume") command += (i > 0 ? " " : "") + word;
    return run_program("ablation", [&] {
        ablate(o, command);
        return 0;
    });
}
