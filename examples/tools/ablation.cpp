// SPDX-License-Identifier: MIT
// Trains nets by several weighting rules and seeds, and writes what differs between them.
#include "ablation/ablation_page.hpp"
#include "ablation/comparison.hpp"
#include "ablation/one_run.hpp"
#include "ablation/report_json.hpp"
#include "ablation/source_commit.hpp"
#include "command_line/command_line.hpp"
#include "command_line/program.hpp"

#include <mcfa/core/error.hpp>
#include <mcfa/data/celeba.hpp>
#include <mcfa/version.hpp>
#include <mcfa/zoo/mcfa.hpp>

#include <sys/utsname.h>

#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

struct options : ablation_options {
    std::string data, rules = "uniform,harder_first,fixed:harder_first,famo,smooth_tchebycheff,bilevel,upgrad,fair", stages = "SM",
                      tasks = "all", single;
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

std::vector<std::string> attribute_names() {
    auto const& names = mcfa::zoo::celeba_attributes::names;
    return {names.begin(), names.end()};
}

std::string threads_text(int threads) { return std::to_string(threads) + (threads == 1 ? " thread" : " threads"); }

/// "x86_64, Intel(R) Xeon(R) ...".
std::string machine() {
    utsname system{};
    std::string text = uname(&system) == 0 ? system.machine : "unknown machine";
    std::ifstream stream("/proc/cpuinfo");
    for (std::string line; std::getline(stream, line);)
        if (line.starts_with("model name")) return text + ", " + line.substr(line.find(':') + 2);
    return text;
}

/// "mcfa 0.1.0, commit 36de481a6305"; and what other programs trained some of the runs, if an earlier call did.
std::string versions(std::vector<run_answers> const& runs) {
    std::string const own(source_commit());
    std::set<std::string> others;
    for (auto const& run : runs)
        if (run.commit != own) others.insert(run.commit);
    std::string text = "mcfa " + std::string(mcfa::version) + ", commit " + own;
    for (auto const& other : others) text += (other == *others.begin() ? "; some runs were trained by commit " : ", ") + other;
    return text;
}

/// All trainings, in their order.
std::vector<one_run> runs_of(options const& o) {
    std::vector<one_run> runs;
    auto const add = [&](trained_net const& net, std::vector<std::string> const& rules) {
        for (auto const& rule : rules)
            for (int seed = 1; seed <= o.seeds; ++seed) runs.emplace_back(o, net, rule, seed);
    };
    for (auto const& stages : parts_of(o.stages))
        for (auto const& tasks : parts_of(o.tasks)) {
            if (tasks == "single") throw mcfa::option_error("tasks: single-task nets are asked for by --single");
            add({stages, tasks}, parts_of(o.rules));
        }
    if (runs.empty()) throw mcfa::option_error("there is nothing to train: no rules, no stages or no tasks");
    for (auto const& stages : parts_of(o.stages)) add({stages, "single"}, o.single == "all" ? attribute_names() : parts_of(o.single));
    return runs;
}

void ablate(options const& o, std::string const& command) {
    auto const runs = runs_of(o);
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
    std::vector<std::string> const facts{"Command: " + command, versions(answers) + "; " + machine() + ", " + threads_text(o.threads),
                                         std::to_string(faces.training().size()) + " photos to train on, " +
                                             std::to_string(faces.test().size()) + " to test; weights of the last epoch"};
    auto const names = attribute_names();
    std::filesystem::path const out(o.out);
    write_text((out / "report.json").string(), report_json(facts, answers, found, names));
    write_text((out / "report.html").string(), ablation_page(facts, answers, found, names));
    for (auto const& row : found.rows)
        std::printf("%-4s %-24s accuracy %.2f %%  balanced %.2f %%  F1 %.2f %%  hardest ten %.2f %%  p %.4f\n",
                    net_title(row.stages, row.tasks).c_str(), row.rule.c_str(), 100 * row.accuracy.mean, 100 * row.balanced.mean,
                    100 * row.f1.mean, 100 * row.hardest.mean, row.hardest_p);
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
    line.add("--stages", o.stages, "S, SM, SML or several of them, with commas");
    line.add("--tasks", o.tasks, "all: face, box, landmarks and attributes; attributes alone; or both, with a comma");
    line.add("--single", o.single,
             "attributes, with commas, or all: trains a net for each alone, against which the report gives the rules' relative loss");
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
