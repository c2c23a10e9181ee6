// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/op/deferred.hpp>
#include <mcfa/op/passes.hpp>

namespace mcfa::backend::cuda_engine {

/// What a training step leaves on the GPU.
template <class T>
using deferred_passes = pass_list<step_losses<T>, harder_first_step<T>, term_factors<T>, gradient_clip<T>>;

/// The passes that kernels.cu computes.
using all_passes =
    decltype(passes_of<float>{} + deferred_passes<float>{} + passes_of<double>{} + deferred_passes<double>{} + half_passes{});

/// True for a pass that kernels.cu computes.
template <class Pass>
concept listed = all_passes::has<Pass>;

} // namespace mcfa::backend::cuda_engine
