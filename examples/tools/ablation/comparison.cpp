// SPDX-License-Identifier: MIT
#include "ablation/comparison.hpp"

#include <mcfa/core/error.hpp>
#include <mcfa/core/random.hpp>
#include <mcfa/score/binary_counts.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>
#include <utility>

namespace {

std::vector<mcfa::score::binary_counts> counts_of(run_answers const& run) {
    std::vector<mcfa::score::binary_counts> counts(run.labels.empty() ? 0 : run.labels[0].size());
    for (std::size_t n = 0; n < run.labels.size(); ++n)
        for (std::size_t k = 0; k < counts.size(); ++k)
            if (run.labels[n][k] != '?') counts[k].add(run.said[n][k] == '+', run.labels[n][k] == '+');
    return counts;
}

template <class Figure>
double mean_of(std::vector<mcfa::score::binary_counts> const& counts, Figure const& figure) {
    double sum = 0, known = 0;
    for (auto const& c : counts)
        if (double const value = figure(c); !std::isnan(value)) sum += value, known += 1;
    return mcfa::measured_ratio(sum, known);
}

std::vector<std::size_t> hardest_of(std::vector<run_answers> const& runs) {
    std::vector<double> balanced;
    for (auto const& run : runs) {
        if (run.tasks == "single") continue;
        auto const counts = counts_of(run);
        balanced.resize(counts.size());
        for (std::size_t k = 0; k < counts.size(); ++k)
            balanced[k] += std::isnan(counts[k].balanced_accuracy()) ? 1 : counts[k].balanced_accuracy();
    }
    std::vector<std::size_t> order(balanced.size());
    for (std::size_t k = 0; k < order.size(); ++k) order[k] = k;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return balanced[a] < balanced[b]; });
    order.resize(std::min<std::size_t>(10, order.size()));
    return order;
}

spread spread_of(std::vector<double> const& values) {
    spread s;
    for (double const v : values) s.mean += v / static_cast<double>(values.size());
    for (double const v : values) s.deviation += (v - s.mean) * (v - s.mean);
    s.deviation = values.size() > 1 ? std::sqrt(s.deviation / static_cast<double>(values.size() - 1)) : mcfa::not_measured;
    return s;
}

/// Adds to each group's difference how many more answers `run` has right than `base`, of the given attributes.
void add_differences(std::vector<double>& by_group, run_answers const& run, run_answers const& base,
                     std::vector<std::size_t> const& attributes) {
    if (run.labels != base.labels || run.groups != base.groups)
        throw mcfa::option_error({"ablation: the runs of ", run.rule, " and ", base.rule, " were tested on different faces"});
    for (std::size_t n = 0; n < run.labels.size(); ++n) {
        if (run.groups[n] >= by_group.size()) by_group.resize(run.groups[n] + 1);
        for (std::size_t const k : attributes)
            if (char const label = run.labels[n][k]; label != '?')
                by_group[run.groups[n]] += (run.said[n][k] == label) - (base.said[n][k] == label);
    }
}

/// Means over runs of a figure by attribute; NaN where no run has it.
template <class Figure>
std::vector<double> means_by_attribute(std::vector<run_answers const*> const& runs, Figure const& figure) {
    std::vector<double> sums, known;
    for (auto const* run : runs) {
        auto const counts = counts_of(*run);
        sums.resize(counts.size());
        known.resize(counts.size());
        for (std::size_t k = 0; k < counts.size(); ++k)
            if (double const value = figure(counts[k]); !std::isnan(value)) sums[k] += value, known[k] += 1;
    }
    for (std::size_t k = 0; k < sums.size(); ++k) sums[k] = mcfa::measured_ratio(sums[k], known[k]);
    return sums;
}

double f1(mcfa::score::binary_counts const& c) { return c.f1(); }
double balanced_accuracy(mcfa::score::binary_counts const& c) { return c.balanced_accuracy(); }

std::vector<single_tasks> singles_of(std::vector<run_answers> const& runs) {
    std::vector<std::string> order;
    std::map<std::string, std::vector<run_answers const*>> by_stages;
    for (auto const& run : runs) {
        if (run.tasks != "single") continue;
        if (!by_stages.contains(run.stages)) order.push_back(run.stages);
        by_stages[run.stages].push_back(&run);
    }
    std::vector<single_tasks> singles;
    for (auto const& stages : order)
        singles.push_back({stages, means_by_attribute(by_stages[stages], f1), means_by_attribute(by_stages[stages], balanced_accuracy)});
    return singles;
}

/// mean_k (B_k - M_k) / B_k; attributes of which a figure is not known, or B_k is 0, are left out.
template <class Figure>
double relative_loss(run_answers const& run, std::vector<double> const& single, Figure const& figure) {
    auto const counts = counts_of(run);
    double sum = 0, known = 0;
    for (std::size_t k = 0; k < single.size(); ++k)
        if (double const own = figure(counts[k]); single[k] > 0 && !std::isnan(own)) sum += (single[k] - own) / single[k], known += 1;
    return mcfa::measured_ratio(sum, known);
}

double last_of(std::vector<double> const& epochs) { return epochs.empty() ? std::nan("") : epochs.back(); }

} // namespace

std::string net_title(std::string const& stages, std::string const& tasks) {
    return tasks == "all" || tasks.empty() ? stages : stages + ", attributes alone";
}

run_figures figures_of(run_answers const& run, std::vector<std::size_t> const& hardest) {
    auto const counts = counts_of(run);
    std::vector<mcfa::score::binary_counts> hard;
    for (std::size_t const k : hardest) hard.push_back(counts[k]);
    auto const accuracy = [](auto const& c) { return c.accuracy(); };
    return {mean_of(counts, accuracy), mean_of(counts, [](auto const& c) { return c.balanced_accuracy(); }),
            mean_of(counts, [](auto const& c) { return c.f1(); }), mean_of(hard, accuracy)};
}

double sign_flip_p(std::vector<double> const& differences) {
    std::vector<double> moved;
    double observed = 0;
    for (double const d : differences)
        if (d != 0) moved.push_back(d), observed += d;
    bool const all = moved.size() <= 14;
    std::size_t const patterns = all ? std::size_t{1} << moved.size() : 10000;
    mcfa::random_stream draw{1};
    double as_far = all ? 0 : 1;
    for (std::size_t pattern = all ? 0 : 1; pattern < patterns; ++pattern) {
        double sum = 0;
        for (std::size_t i = 0; i < moved.size(); ++i) sum += (all ? (pattern >> i & 1) != 0 : draw.chance(0.5)) ? moved[i] : -moved[i];
        if (std::abs(sum) >= std::abs(observed) * (1 - 1e-12)) as_far += 1;
    }
    return as_far / static_cast<double>(patterns);
}

comparison compare(std::vector<run_answers> const& runs) {
    using net = std::pair<std::string, std::string>; // stages and tasks
    using seeds_of_rule = std::map<int, run_answers const*>;
    comparison found{hardest_of(runs), {}, singles_of(runs)};
    std::vector<std::pair<net, std::string>> order; // nets and rules, as they came
    std::map<std::pair<net, std::string>, seeds_of_rule> by_rule;
    for (auto const& run : runs) {
        if (run.tasks == "single") continue;
        std::pair const key{net{run.stages, run.tasks}, run.rule};
        if (!by_rule.contains(key)) order.push_back(key);
        by_rule[key][run.seed] = &run;
    }
    std::map<net, seeds_of_rule const*> first; // rule of each net
    std::vector<std::size_t> all(runs.empty() || runs[0].labels.empty() ? 0 : runs[0].labels[0].size());
    for (std::size_t k = 0; k < all.size(); ++k) all[k] = k;
    for (auto const& key : order) {
        auto const& seeds = by_rule[key];
        auto const& base = *first.try_emplace(key.first, &seeds).first->second;
        auto const single = std::ranges::find(found.singles, key.first.first, &single_tasks::stages);
        compared_rule row;
        std::tie(row.stages, row.tasks) = key.first;
        row.rule = key.second;
        std::vector<double> accuracy, balanced, f1s, hardest, accuracy_gains, hardest_gains, effective, conflicts, seconds, persons,
            persons_hardest, f1_losses, balanced_losses;
        std::vector<run_answers const*> own_runs;
        for (auto const& [seed, run] : seeds) {
            auto const other = base.find(seed);
            if (other == base.end())
                throw mcfa::option_error({"ablation: ", key.second, " has seed ", seed, ", which the first rule has not"});
            auto const own = figures_of(*run, found.hardest), its = figures_of(*other->second, found.hardest);
            own_runs.push_back(run);
            accuracy.push_back(own.accuracy);
            balanced.push_back(own.balanced);
            f1s.push_back(own.f1);
            hardest.push_back(own.hardest);
            accuracy_gains.push_back(own.accuracy - its.accuracy);
            hardest_gains.push_back(own.hardest - its.hardest);
            effective.push_back(last_of(run->effective));
            conflicts.push_back(last_of(run->conflicts));
            seconds.push_back(run->seconds);
            add_differences(persons, *run, *other->second, all);
            add_differences(persons_hardest, *run, *other->second, found.hardest);
            bool const alone = single == found.singles.end();
            f1_losses.push_back(alone ? mcfa::not_measured : relative_loss(*run, single->f1_of, f1));
            balanced_losses.push_back(alone ? mcfa::not_measured : relative_loss(*run, single->balanced_of, balanced_accuracy));
        }
        row.accuracy = spread_of(accuracy);
        row.balanced = spread_of(balanced);
        row.f1 = spread_of(f1s);
        row.hardest = spread_of(hardest);
        row.effective = spread_of(effective).mean;
        row.conflicts = spread_of(conflicts).mean;
        row.seconds = spread_of(seconds).mean;
        row.accuracy_gain = spread_of(accuracy_gains).mean;
        row.hardest_gain = spread_of(hardest_gains).mean;
        row.accuracy_p = sign_flip_p(persons);
        row.hardest_p = sign_flip_p(persons_hardest);
        row.accuracy_p_of_seeds = sign_flip_p(accuracy_gains);
        row.hardest_p_of_seeds = sign_flip_p(hardest_gains);
        row.f1_of = means_by_attribute(own_runs, f1);
        row.balanced_of = means_by_attribute(own_runs, balanced_accuracy);
        row.f1_loss = spread_of(f1_losses);
        row.balanced_loss = spread_of(balanced_losses);
        found.rows.push_back(std::move(row));
    }
    return found;
}

comparison compare_nets(std::vector<run_answers> runs) {
    std::erase_if(runs, [](auto const& run) { return run.tasks == "single"; });
    for (auto& run : runs) {
        auto const title = net_title(run.stages, run.tasks);
        run.stages = std::exchange(run.rule, title);
        run.tasks.clear();
    }
    return compare(runs);
}
