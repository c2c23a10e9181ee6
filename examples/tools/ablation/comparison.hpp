// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <vector>

/// What one trained net said of the test part's faces. All runs see the same faces in the same order.
struct run_answers {
    std::string stages, rule;
    int seed = 1;
    std::vector<std::string> labels; ///< of each face a character an attribute: '+', '-' or '?' where it is not known
    std::vector<std::string> said;   ///< '+' or '-'
    std::vector<std::size_t> groups; ///< of each face: its person, or itself
    /// By epoch, of the last stage: mean validation loss of the attributes, how many the weights train, share of pairs in conflict.
    std::vector<double> validation_loss, effective, conflicts;
    double seconds = 0; ///< of training
};

/// Means over the attributes that have the figure, 0 to 1.
struct run_figures {
    double accuracy = 0, balanced = 0, f1 = 0, hardest = 0; ///< hardest: accuracy of the attributes that the comparison calls so
};

struct spread {
    double mean = 0, deviation = 0; ///< over seeds, with n - 1; 0 for one seed
};

/// A rule at some stages, against the first rule at the same stages.
struct compared_rule {
    std::string stages, rule;
    spread accuracy, balanced, f1, hardest;
    double effective = 0, conflicts = 0, seconds = 0; ///< means over seeds, of the last epoch where there are epochs
    double accuracy_gain = 0, hardest_gain = 0;       ///< over the first rule
    /// Two-sided, by flipping signs of paired differences: of persons, the seeds joined, and of seeds. 1 for the first rule itself.
    double accuracy_p = 1, hardest_p = 1, accuracy_p_of_seeds = 1, hardest_p_of_seeds = 1;
};

struct comparison {
    std::vector<std::size_t> hardest; ///< positions of the ten attributes with the lowest balanced accuracy, the mean of all runs
    std::vector<compared_rule> rows;
};

/// Of runs in any order; the first rule at each stages is that of the first run there. Every rule needs the same seeds.
comparison compare(std::vector<run_answers> const& runs);

/// The figures of a run; `hardest` as `comparison::hardest`.
run_figures figures_of(run_answers const& run, std::vector<std::size_t> const& hardest);

/// Two-sided p of the hypothesis that each difference is as likely as its negative: the share of sign patterns whose sum is at least as far from 0.
/// All patterns up to 14 differences, else 10,000 drawn ones, the observed one among them.
double sign_flip_p(std::vector<double> const& differences);
