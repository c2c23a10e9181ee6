// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/train/epoch_report.hpp>
#include <mcfa/train/files/training_position.hpp>
#include <mcfa/train/training_options.hpp>

#include <cstddef>
#include <string>

namespace mcfa {

/// A training that keeps no files: the interface that `fit` needs of a folder, empty, so that programs without files compile no code for them.
struct no_folder {
    /// Called once, before any data is read.
    no_folder open() const { return {}; }
    /// Where to go on, given the number of batches in an epoch and the sources of data; `step` is ready then.
    template <class Step, class Training, class HeldOut>
    training_position begin(Step&, training_options const&, std::size_t, Training const&, HeldOut const&) const {
        return {};
    }
    /// What `begin` could not check, in a sentence; empty otherwise.
    std::string note() const { return {}; }
    /// Called after each epoch, with the position that it led to.
    template <class Step>
    void keep(Step&, training_position const&, epoch_report const&) const {}
    /// Sets the model back to the last checkpoint, and says which file that is; empty if there is none.
    template <class Model>
    std::string restore(Model&) const {
        return {};
    }
};

} // namespace mcfa
