// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/comm/alone.hpp>
#include <mcfa/train/step/training_step.hpp>

namespace mcfa {

/// How a training runs on the ranks of a communicator other than `comm::alone`: defined by `train/over_ranks.hpp`.
template <class Communicator>
struct over_ranks;

/// How steps run on a communicator.
template <class Communicator, class T, class B, class Optimiser, class Policy>
struct driver_over {
    using type = typename over_ranks<Communicator>::template driver<T, B, Optimiser, Policy>;
};
template <class T, class B, class Optimiser, class Policy>
struct driver_over<comm::alone, T, B, Optimiser, Policy> {
    using type = step_driver<T, B, Optimiser, Policy>;
};

} // namespace mcfa
