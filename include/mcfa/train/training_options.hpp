// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/error.hpp>
#include <mcfa/core/message.hpp>
#include <mcfa/core/random.hpp>
#include <mcfa/train/ranks_options.hpp>
#include <mcfa/train/schedule.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace mcfa {

/// Options of `trainer::fit`; set only what differs: `{.epochs = 10, .batch = 32}`. Checkpoints and logs are those of a `training_folder`.
struct training_options {
    int epochs = 10;
    std::size_t batch = 32;          ///< windows in a step, of all ranks; the last step of an epoch may see fewer
    schedule rate = constant_rate{}; ///< times the optimiser's own rate
    double clip = 5;                 ///< largest norm of the whole gradient; 0 leaves it as it is, with which plain SGD easily diverges
    int patience = 0;                ///< epochs without a better monitored figure after which training stops; 0: never
    std::string monitor = "loss"; ///< what "best" means: "loss" (of the last stage), or a figure of it such as "attributes.mean_accuracy"
    std::map<std::string, double> scales{}; ///< of the tasks' losses, by task name; 1 if none is given
    std::vector<std::string>
        frozen{}; ///< stages, layers and tasks that stay as they are, as patterns: {"slim_s", "*.bn*"}; see `part_rates`
    std::map<std::string, double> rates{}; ///< factors on the rate of stages, layers and tasks, by pattern: {{"slim_m", 0.1}}
    double hard_example_share =
        1; ///< of the labelled samples of a batch, the share with the highest class losses that trains the class; 0.7 is common
    mcfa::seed seed{1}; ///< of sample order, augmentation, dropout and the weighting policy
    int threads = 2;    ///< that read and cut images; the backend has its own number
    std::size_t block =
        8; ///< over ranks, windows that are computed together, batch normalisation too: the same bits for any number of ranks; 0: each
           ///< rank's share of the batch is one block, which is faster, and other bits for another number of ranks
    ranks_options ranks{}; ///< how ranks share their work

    /// Throws `option_error` for a number out of its range.
    void check() const {
        auto const demand = [](bool holds, message const& problem) {
            if (!holds) throw option_error(problem);
        };
        demand(epochs > 0, {"epochs is ", epochs, ", must be at least 1"});
        demand(batch > 0, "batch is 0, must be at least 1");
        demand(threads > 0, {"threads is ", threads, ", must be at least 1"});
        demand(clip >= 0, {"clip is ", clip, ", must not be negative"});
        demand(patience >= 0, {"patience is ", patience, ", must not be negative"});
        demand(ranks.bucket > 0, "ranks.bucket is 0, must be at least 1");
    }
};

} // namespace mcfa
