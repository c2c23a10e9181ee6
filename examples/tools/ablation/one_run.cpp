// SPDX-License-Identifier: MIT
#include "ablation/one_run.hpp"

#include "ablation/answers_file.hpp"
#include "ablation/partial_labels.hpp"
#include "ablation/source_commit.hpp"
#include "cascades/chosen_cascade.hpp"
#include "evaluation/judged_faces.hpp"

#include <mcfa/core/error.hpp>
#include <mcfa/io/load.hpp>
#include <mcfa/train/trainer.hpp>
#include <mcfa/train/training_folder.hpp>
#include <mcfa/train/validation.hpp>
#include <mcfa/weighting/make.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <utility>
#include <vector>

namespace {

/// runs/SM/upgrad/1, runs/SM-attributes/upgrad/1, runs/SM-single/Smiling/1.
std::filesystem::path folder_of(ablation_options const& o, trained_net const& net, std::string rule, int seed) {
    std::replace(rule.begin(), rule.end(), ':', '-');
    std::string const place = net.stages + (net.tasks == "all" ? "" : "-" + net.tasks);
    return std::filesystem::path(o.out) / "runs" / place / rule / std::to_string(seed);
}

/// What every run of an ablation shares, beside the data.
nlohmann::json shared_options(ablation_options const& o) {
    return {{"width", o.width}, {"epochs", o.epochs}, {"batch", o.batch}, {"rate", o.rate}};
}

std::vector<nlohmann::json> log_of(std::filesystem::path const& folder) {
    std::vector<nlohmann::json> lines;
    std::ifstream stream(folder / "log.jsonl");
    for (std::string line; std::getline(stream, line);) lines.push_back(nlohmann::json::parse(line));
    return lines;
}

/// What the log says of the last stage, such as m_net of SM.
nlohmann::json last_stage(nlohmann::json const& line, std::string const& stages) {
    char const* const name = stages.back() == 'L' ? "l_net" : stages.back() == 'M' ? "m_net" : "s_net";
    return line.at("stages").at(name);
}

mcfa::weighting::any_policy policy_of(ablation_options const& o, trained_net const& net, std::string const& rule) {
    if (net.tasks == "single") return mcfa::weighting::uniform{};
    if (!rule.starts_with("fixed:")) return mcfa::weighting::make(rule);
    auto const lines = log_of(folder_of(o, net, rule.substr(6), 1));
    if (lines.empty()) throw mcfa::option_error({"ablation: ", rule, " needs ", rule.substr(6), " before it"});
    auto const stage = last_stage(lines.back(), net.stages);
    auto const& terms = stage.at("attributes").at("terms");
    std::vector<double> weights;
    for (auto const name : mcfa::zoo::celeba_attributes::names) weights.push_back(terms.at(std::string(name)).at("weight"));
    return mcfa::weighting::fixed{weights};
}

void add_log(run_answers& a, std::filesystem::path const& folder) {
    for (auto const& line : log_of(folder)) {
        auto const stage = last_stage(line, a.stages);
        double sum = 0, known = 0;
        for (auto const& term : stage.at("attributes").at("terms"))
            if (auto const& loss = term.at("validation_loss"); loss.is_number()) sum += loss.get<double>(), known += 1;
        a.validation_loss.push_back(sum / known);
        a.effective.push_back(stage.at("effective_attributes"));
        a.conflicts.push_back(
            stage.contains("conflict") && stage["conflict"]["share"].is_number() ? stage["conflict"]["share"].get<double>() : std::nan(""));
        a.seconds += line.at("seconds").get<double>();
    }
}

} // namespace

one_run::one_run(ablation_options const& o, trained_net net, std::string rule, int seed)
    : o_(o), net_(std::move(net)), rule_(std::move(rule)), seed_(seed), folder_(folder_of(o_, net_, rule_, seed_)) {
    if (net_.stages != "S" && net_.stages != "SM" && net_.stages != "SML")
        throw mcfa::option_error({"stages: '", net_.stages, "', must be S, SM or SML"});
    if (net_.tasks == "single") {
        if (std::ranges::find(mcfa::zoo::celeba_attributes::names, rule_) == mcfa::zoo::celeba_attributes::names.end())
            throw mcfa::option_error({"single: '", rule_, "' is no attribute"});
        return;
    }
    if (net_.tasks != "all" && net_.tasks != "attributes")
        throw mcfa::option_error({"tasks: '", net_.tasks, "', must be all or attributes"});
    if (!rule_.starts_with("fixed:")) mcfa::weighting::make(rule_);
    if (rule_ == "fixed") throw mcfa::option_error("rules: fixed weights are those of another rule here, as in fixed:harder_first");
}

std::string one_run::title() const {
    std::string const what =
        net_.tasks == "single" ? net_.stages + ", " + rule_ + " alone" : net_title(net_.stages, net_.tasks) + ", " + rule_;
    return what + ", seed " + std::to_string(seed_);
}

std::optional<run_answers> one_run::finished() const { return read_answers(folder_, shared_options(o_)); }

run_answers one_run::finish(mcfa::data::celeba const& faces) const {
    net_choice const choice{.net = "mcfa", .width = o_.width, .stages = static_cast<int>(net_.stages.size())};
    auto const seed = mcfa::seed{static_cast<std::uint64_t>(seed_)};
    auto const cascade = make_cascade(choice, seed, o_.threads);
    auto& model = cascade->model();
    auto policy = policy_of(o_, net_, rule_);
    policy.wants_gramian = net_.tasks != "single"; // so that conflicts are in the log
    mcfa::data::sampling windows;
    windows.angle = 6;
    if (net_.tasks != "all") windows.mix = {.part = 0, .negative = 0}; // which attributes are not learned from
    auto const given = [&](mcfa::data::split photos) {
        return partial_labels{std::move(photos), model.net(), net_.tasks == "single" ? rule_ : net_.tasks};
    };
    mcfa::training_options t;
    t.epochs = o_.epochs;
    t.batch = o_.batch;
    t.rate = mcfa::one_cycle{};
    t.clip = 20;
    t.scales = {{"box", 1.0}, {"landmarks", 4.0}};
    t.seed = seed;
    t.threads = o_.threads;
    mcfa::trainer trainer{model, mcfa::adamw{.rate = o_.rate, .weight_decay = 0.05}, policy};
    trainer.fit(given(faces.training(windows)), given(faces.validation()), t,
                mcfa::training_folder{.path = folder_, .metadata = metadata_of(choice), .resume = true});

    mcfa::io::load(model, folder_ / "last.safetensors"); // the last epoch, whose rate has come to 0; none is chosen by its figures
    mcfa::validation<float, mcfa::backend::eigen> judge(model, o_.batch);
    auto const photos = given(faces.test());
    auto batches = photos.batches(mcfa::encoding_of(model.net()), {.batch = o_.batch, .threads = o_.threads, .training = false});
    judged_faces judged;
    batches.begin(0);
    judge.run(batches, {}, [&](mcfa::validated_window const& window) { judged.add(window, model.net(), photos.source()); });

    run_answers a{.stages = net_.stages,
                  .tasks = net_.tasks,
                  .rule = rule_,
                  .seed = seed_,
                  .labels = {},
                  .said = {},
                  .groups = {},
                  .validation_loss = {},
                  .effective = {},
                  .conflicts = {},
                  .commit = std::string(source_commit())};
    auto const& samples = judged.attributes;
    for (std::size_t n = 0; n < samples.size(); ++n) {
        a.labels.emplace_back();
        a.said.emplace_back();
        a.groups.push_back(samples.group(n));
        for (std::size_t k = 0; k < samples.attributes(); ++k) {
            a.labels.back() += samples.label(n, k) > 0 ? '+' : samples.label(n, k) < 0 ? '-' : '?';
            a.said.back() += samples.probability(n, k) > 0.5f ? '+' : '-';
        }
    }
    add_log(a, folder_);
    write_answers(folder_, a, shared_options(o_));
    return a;
}
