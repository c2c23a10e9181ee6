// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/reference.hpp>
#include <mcfa/layer/flatten.hpp>
#include <mcfa/task/attributes.hpp>
#include <mcfa/train/trainer.hpp>
#include <mcfa/weighting/uniform.hpp>

struct look : mcfa::attributes<"Smiling"> {};
struct small : mcfa::stage<mcfa::input<4>, mcfa::flatten> {};
struct net : mcfa::cascade<mcfa::heads<look>, small> {};

/// Sources of batches without end.
struct reader {
    void begin(std::uint64_t) {}
    bool next(mcfa::batch&) { return true; }
    std::size_t batches_per_epoch() const { return 1; }
};
struct source {
    reader batches(mcfa::encoding const&, mcfa::batch_options const&) const { return {}; }
};
