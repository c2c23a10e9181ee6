// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <vector>

/// What one trained net said of the test part's faces. All runs see the same faces in the same order.
struct run_answers {
    std::string stages;        ///< S, SM or SML
    std::string tasks = "all"; ///< what it learned: all, attributes, or single for one attribute alone, whose name then stands for the rule
    std::string rule;
    int seed = 1;
    std::vector<std::string> labels; ///< of each face a character an attribute: '+', '-' or '?' where it is not known or was not learned
    std::vector<std::string> said;   ///< '+' or '-'
    std::vector<std::size_t> groups; ///< of each face: its person, or itself
    /// By epoch, of the last stage: mean validation loss of the attributes, how many the weights train, share of pairs in conflict.
    std::vector<double> validation_loss, effective, conflicts;
    double seconds = 0;             ///< of training
    std::string commit = "unknown"; ///< of the program that trained it
};

/// "SM", or "SM, attributes alone".
std::string net_title(std::string const& stages, std::string const& tasks);

/// Means over the attributes that have the figure, 0 to 1.
struct run_figures {
    double accuracy = 0, balanced = 0, f1 = 0, hardest = 0; ///< hardest: accuracy of the attributes that the comparison calls so
};

struct spread {
    double mean = 0, deviation = 0; ///< over seeds, with n - 1; NaN for one seed
};

/// A rule at some stages and tasks, against the first rule there.
struct compared_rule {
    std::string stages, tasks, rule;
    spread accuracy, balanced, f1, hardest;
    double effective = 0, conflicts = 0, seconds = 0; ///< means over seeds, of the last epoch where there are epochs
    double accuracy_gain = 0, hardest_gain = 0;       ///< over the first rule
    /// Two-sided, by flipping signs of paired differences: of persons, the seeds joined, and of seeds. 1 for the first rule itself.
    double accuracy_p = 1, hardest_p = 1, accuracy_p_of_seeds = 1, hardest_p_of_seeds = 1;
    std::vector<double> f1_of, balanced_of; ///< by attribute, means over seeds
    /// Relative loss against single-task nets of the same stages, positive where they are better, over the attributes that have one:
    /// mean_k (B_k - M_k) / B_k, M_k the figure of attribute k and B_k that of its single-task nets, the mean over their seeds. NaN without any.
    spread f1_loss, balanced_loss;
};

/// The single-task nets of some stages: means over seeds by attribute, NaN for attributes without such a net.
struct single_tasks {
    std::string stages;
    std::vector<double> f1_of, balanced_of;
};

struct comparison {
    std::vector<std::size_t>
        hardest; ///< positions of the ten attributes with the lowest balanced accuracy, the mean of all runs but single-task ones
    std::vector<compared_rule> rows;
    std::vector<single_tasks> singles;
};

/// Of runs in any order; the first rule at each stages and tasks is that of the first run there. Every rule needs the same seeds.
comparison compare(std::vector<run_answers> const& runs);

/// The same the other way round: each rule's nets, of whatever stages and tasks, against those of the rule's first run. In a row `stages` is the
/// rule and `rule` the net's title.
comparison compare_nets(std::vector<run_answers> runs);

/// The figures of a run; `hardest` as `comparison::hardest`.
run_figures figures_of(run_answers const& run, std::vector<std::size_t> const& hardest);

/// Two-sided p of the hypothesis that each difference is as likely as its negative: the share of sign patterns whose sum is at least as far from 0.
/// All patterns up to 14 differences, else 10,000 drawn ones, the observed one among them.
double sign_flip_p(std::vector<double> const& differences);
