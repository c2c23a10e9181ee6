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

/// One rule, stages and seed of an ablation, in a folder of its own below the ablation's: log, checkpoint and weights of its training, and `answers.json`
/// once it is finished.
class one_run {
public:
    /// `stages` is SM or SML; throws mcfa::option_error for others and for a rule that there is none of. The rule fixed:NAME has as
    /// fixed weights those that NAME had in the last epoch with the first seed, which must be finished.
    one_run(ablation_options const& o, std::string stages, std::string rule, int seed);

    std::filesystem::path const& folder() const { return folder_; }
    std::string title() const { return stages_ + ", " + rule_ + ", seed " + std::to_string(seed_); }
    /// The answers of an earlier call that came to its end.
    std::optional<run_answers> finished() const;
    /// Trains, going on where an earlier call was interrupted, and answers the test part.
    run_answers finish(mcfa::data::celeba const& faces) const;

private:
    ablation_options o_;
    std::string stages_, rule_;
    int seed_;
    std::filesystem::path folder_;
};
