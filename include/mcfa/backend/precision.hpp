// SPDX-License-Identifier: MIT
#pragma once

namespace mcfa {

// How a backend multiplies where the model's scalar is float: `backend::cuda_in<bf16>`, `backend::eigen_in<bf16>`.

/// Products whose factors are rounded to 10 bits of mantissa by the tensor cores; sums in fp32, everything else in fp32.
struct tf32 {};
/// Products whose factors are rounded to bfloat16; sums in fp32. Weights, activations between operations, losses, statistics and updates
/// stay fp32.
struct bf16 {};

} // namespace mcfa
