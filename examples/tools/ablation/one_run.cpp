// SPDX-License-Identifier: MIT
#include "ablation/one_run.hpp"

#include "cascades/chosen_cascade.hpp"
#include "evaluation/judged_faces.hpp"

#include <mcfa/core/error.hpp>
#include <mcfa/core/read_file.hpp>
#include <mcfa/io/atomic_file.hpp>
#include <mcfa/io/load.hpp>
#include <mcfa/train/trainer.hpp>
#include <mcfa/train/training_folder.hpp>
#include <mcfa/train/validation.hpp>
#include <mcfa/weighting/make.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <span>
#include <utility>
#include <vector>

namespace {

std::filesystem::path folder_of(ablation_options const& o, std::string const& stages, std::string rule, int seed) {
    std::replace(rule.begin(), rule.end(), ':', '-');
    return std::filesystem::path(o.out) / "runs" / stages / rule / std::to_string(seed);
}

std::vector<nlohmann::json> log_of(std::filesystem::path const& folder) {
    std::vector<nlohmann::json> lines;
    std::ifstream stream(folder / "log.jsonl");
    for (std::string line; std::getline(stream, line);) lines.push_back(nlohmann::json::parse(line));
    return lines;
}

/// What the log says of the last stage, which is `m_net` of SM.
nlohmann::json last_stage(nlohmann::json const& line, std::string const& stages) {
    return line.at("stages").at(stages.back() == 'L' ? "l_net" : "m_net");
}

mcfa::weighting::any_policy policy_of(ablation_options const& o, std::string const& stages, std::string const& rule) {
    if (!rule.starts_with("fixed:")) return mcfa::weighting::make(rule);
    auto const lines = log_of(folder_of(o, stages, rule.substr(6), 1));
    if (lines.empty()) throw mcfa::option_error({"ablation: ", rule, " needs ", rule.substr(6), " before it"});
    auto const stage = last_stage(lines.back(), stages);
    auto const& terms = stage.at("attributes").at("terms");
    std::vector<double> weights;
    for (auto const name : mcfa::zoo::celeba_attributes::names) weights.push_back(terms.at(std::string(name)).at("weight"));
    return mcfa::weighting::fixed{weights};
}

nlohmann::json to_json(run_answers const& a) {
    return {{"stages", a.stages},
            {"rule", a.rule},
            {"seed", a.seed},
            {"labels", a.labels},
            {"said", a.said},
            {"groups", a.groups},
            {"validation_loss", a.validation_loss},
            {"effective", a.effective},
            {"conflicts", a.conflicts},
            {"seconds", a.seconds}};
}

/// Numbers of which JSON's null is none.
std::vector<double> numbers(nlohmann::json const& all) {
    std::vector<double> values;
    for (auto const& v : all) values.push_back(v.is_number() ? v.get<double>() : std::nan(""));
    return values;
}

void add_log(run_answers& a, std::filesystem::path const& folder) {
    for (auto const& line : log_of(folder)) {
        auto const stage = last_stage(line, a.stages);
        double sum = 0, known = 0;
        for (auto const& term : stage.at("attributes").at("terms"))
            if (auto const& loss = term.at("validation_loss"); loss.is_number()) sum += loss.get<double>(), known += 1;
        a.validation_loss.push_back(sum / known);
        a.effective.push_back(stage.at("effective_attributes"));
        a.conflicts.push_back(stage.contains("conflict") ? stage["conflict"]["share"].get<double>() : std::nan(""));
        a.seconds += line.at("seconds").get<double>();
    }
}

} // namespace

one_run::one_run(ablation_options const& o, std::string stages, std::string rule, int seed)
    : o_(o), stages_(std::move(stages)), rule_(std::move(rule)), seed_(seed), folder_(folder_of(o_, stages_, rule_, seed_)) {
    if (stages_ != "SM" && stages_ != "SML") throw mcfa::option_error({"stages: '", stages_, "', must be SM or SML"});
    if (!rule_.starts_with("fixed:")) mcfa::weighting::make(rule_);
    if (rule_ == "fixed") throw mcfa::option_error("rules: fixed weights are those of another rule here, as in fixed:harder_first");
}

std::optional<run_answers> one_run::finished() const {
    auto const path = folder_ / "answers.json";
    if (!std::filesystem::exists(path)) return std::nullopt;
    auto const stored = nlohmann::json::parse(mcfa::read_file(path));
    return run_answers{.stages = stored.at("stages"),
                       .rule = stored.at("rule"),
                       .seed = stored.at("seed"),
                       .labels = stored.at("labels"),
                       .said = stored.at("said"),
                       .groups = stored.at("groups"),
                       .validation_loss = numbers(stored.at("validation_loss")),
                       .effective = numbers(stored.at("effective")),
                       .conflicts = numbers(stored.at("conflicts")),
                       .seconds = stored.at("seconds")};
}

run_answers one_run::finish(mcfa::data::celeba const& faces) const {
    net_choice const choice{.net = "mcfa", .width = o_.width, .stages = static_cast<int>(stages_.size())};
    auto const seed = mcfa::seed{static_cast<std::uint64_t>(seed_)};
    auto const cascade = make_cascade(choice, seed, o_.threads);
    auto& model = cascade->model();
    auto policy = policy_of(o_, stages_, rule_);
    policy.wants_gramian = true; // so that conflicts are in the log
    mcfa::data::sampling windows;
    windows.angle = 6;
    mcfa::training_options t;
    t.epochs = o_.epochs;
    t.batch = o_.batch;
    t.rate = mcfa::one_cycle{};
    t.clip = 20;
    t.scales = {{"box", 1.0}, {"landmarks", 4.0}};
    t.seed = seed;
    t.threads = o_.threads;
    mcfa::trainer trainer{model, mcfa::adamw{.rate = o_.rate, .weight_decay = 0.05}, policy};
    trainer.fit(faces.training(windows), faces.validation(), t,
                mcfa::training_folder{.path = folder_, .metadata = metadata_of(choice), .resume = true});

    mcfa::io::load(model, folder_ / "last.safetensors"); // the last epoch, whose rate has come to 0; none is chosen by its figures
    mcfa::validation<float, mcfa::backend::eigen> judge(model, o_.batch);
    auto const photos = faces.test();
    auto batches = photos.batches(mcfa::encoding_of(model.net()), {.batch = o_.batch, .threads = o_.threads, .training = false});
    judged_faces judged;
    batches.begin(0);
    judge.run(batches, {}, [&](mcfa::validated_window const& window) { judged.add(window, model.net(), photos.source()); });

    run_answers a{.stages = stages_,
                  .rule = rule_,
                  .seed = seed_,
                  .labels = {},
                  .said = {},
                  .groups = {},
                  .validation_loss = {},
                  .effective = {},
                  .conflicts = {}};
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
    std::string const text = to_json(a).dump();
    std::array<std::span<std::byte const>, 1> const pieces{std::as_bytes(std::span(text))};
    mcfa::io::write_atomically(folder_ / "answers.json", pieces);
    return a;
}
