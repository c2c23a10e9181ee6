// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/cascade.hpp>
#include <mcfa/comm/division.hpp>
#include <mcfa/core/array.hpp>
#include <mcfa/core/pixel_rule.hpp>
#include <mcfa/core/random.hpp>
#include <mcfa/task/label.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace mcfa {

/// Labelled windows, ready for a cascade. Arrays keep their capacity from one batch to the next; `size` rows are in use.
struct batch {
    std::size_t size = 0;
    std::vector<array<float, 4>> windows; ///< per stage: (capacity, side, side, 3), RGB, normalised by the stage's `pixel_rule`
    array<float, 2> targets;              ///< (capacity, targets of all tasks)
    array<float, 2> masks;                ///< (capacity, terms of all tasks): 1 if the label is known, else 0
    std::vector<std::size_t> sources{};   ///< of each row, the number of its source in a mixture; empty if there is one source
    std::vector<std::size_t>
        photos{}; ///< of each row, the number of its photo in its data set; empty if the source of batches says nothing
};

/// How windows become rows: what a data set must know of a net.
struct encoding {
    std::vector<int> sides; ///< of the stages' inputs, pixels
    int targets = 0;
    int terms = 0;
    void (*encode)(window_label const&, bool mirrored, std::span<float> target, std::span<float> mask) = nullptr;
    std::vector<std::string> attribute_names; ///< that the data set must have
    std::vector<pixel_rule> rules{};          ///< by which the stages see pixels; empty: `pixels::symmetric`
};

/// What a data set must know of a net, such as `net::info` or `model.net()`.
inline encoding encoding_of(net_info const& net) {
    encoding e{{}, net.targets, net.terms, net.encode, {}, {}};
    for (auto const& stage : net.stages) {
        e.sides.push_back(stage.side);
        e.rules.push_back(stage.rule);
    }
    for (auto const& task : net.tasks) e.attribute_names.insert(e.attribute_names.end(), task.attributes.begin(), task.attributes.end());
    return e;
}

/// The part of every batch that one rank of several reads. A batch of B planned windows is cut into blocks of `block`, the last of which may be
/// shorter, and the blocks are divided among the ranks (`comm::division`).
struct batch_share {
    std::size_t block = 0; ///< windows; 0: no ranks, batches are whole
    int rank = 0, ranks = 1;

    constexpr comm::division blocks_of(std::size_t windows) const { return {(windows + block - 1) / block, ranks}; }
};

/// What a trainer wants of a source of batches.
struct batch_options {
    std::size_t batch = 32; ///< windows in a batch; the last of an epoch may hold fewer
    int threads = 2;        ///< workers that decode and cut; the result does not depend on their number
    mcfa::seed seed{};
    bool training = true; ///< shuffled and augmented anew each epoch; otherwise in order and the same every time
    batch_share share{};  ///< for sources that read for one rank alone (`divided_reader`); others leave it aside and give whole batches
};

} // namespace mcfa
