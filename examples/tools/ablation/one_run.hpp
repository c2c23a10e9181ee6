// SPDX-License-Identifier: MIT
#pragma once

#include "ablation/comparison.hpp"

#include <mcfa/core/message.hpp>
#include <mcfa/core/random.hpp>
#include <mcfa/data/celeba.hpp>

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

/// What all runs of an ablation have in common.
struct ablation_options {
    std::string out, width = "1/8";
    int epochs = 6, threads = 2;
    std::size_t batch = 32;
    double rate = 2e-3;
};

/// Which stages a net has and what it learns: all tasks, attributes alone, or a single attribute.
struct trained_net {
    std::string stages; ///< S, SM or SML
    std::string tasks;  ///< all, attributes or single
};

/// One net, rule and seed of an ablation, in a folder of its own below the ablation's: log, checkpoint and weights of its training, and `answers.json`
/// once it is finished.
class one_run {
public:
    /// Throws mcfa::option_error for a net or a rule that there is none of. The rule fixed:NAME has as fixed weights those that NAME had in the
    /// last epoch with the first seed, which must be finished. A single-task net has its attribute's name in the rule's place.
    one_run(ablation_options const& o, trained_net net, std::string rule, int seed);

    std::filesystem::path const& folder() const { return folder_; }
    /// "SM, upgrad, seed 1", "SM, Smiling alone, seed 1".
    std::string title() const;
    /// The answers of an earlier call that came to its end. Throws mcfa::option_error where that had other options.
    std::optional<run_answers> finished() const;
    /// Trains, going on where an earlier call was interrupted, and answers the test part.
    run_answers finish(mcfa::data::celeba const& faces) const;

private:
    ablation_options o_;
    trained_net net_;
    std::string rule_;
    int seed_;
    std::filesystem::path folder_;
};
