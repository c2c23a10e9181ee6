// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/train/loss/joint_loss.hpp>
#include <mcfa/train/ranks/batch_sums.hpp>

#include <cstddef>
#include <memory>
#include <vector>

namespace mcfa {

/// What one block of a rank's share computes in. The first uses what a step has anyway.
template <class T, class B>
struct block_of_step {
    using buffer = typename B::template buffer<T>;

    workspace<T, B>* memory;
    joint_loss<T, B>* loss;
    buffer measured; ///< the model's statistics, moved by this block alone
    batch_sums sums;
    std::size_t rows = 0;               ///< windows; a block without any computes nothing
    std::vector<T> carried{};           ///< gradients that are final and not yet sent
    std::vector<double> class_losses{}; ///< of each stage in turn, if only hard samples train the class
    std::unique_ptr<workspace<T, B>> own_memory{};
    std::unique_ptr<joint_loss<T, B>> own_loss{};
};

} // namespace mcfa
