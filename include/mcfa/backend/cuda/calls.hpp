// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/cuda/stream.hpp>
#include <mcfa/core/narrow_float.hpp>
#include <mcfa/op/loss.hpp>

#include <cstddef>
#include <cstdint>

// The operations as kernels.cu has them, for T float and double: the contracts stand at `op/*.hpp`.
namespace mcfa::backend::cuda_engine {

template <class T>
void evaluate(stream&, loss const&, int batch, T const* logits, T const* targets, T const* mask, T* values, T* dlogits);
template <class T>
void weigh(stream&, loss const&, int batch, T const* factors, T* dlogits);

} // namespace mcfa::backend::cuda_engine
