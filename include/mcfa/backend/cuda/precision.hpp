// SPDX-License-Identifier: MIT
#pragma once

namespace mcfa {

/// Products whose factors are rounded to 10 bits of mantissa by the tensor cores; sums in fp32, everything else in fp32.
struct tf32 {};
/// Products whose factors are rounded to bfloat16; sums in fp32. Weights, activations between operations, losses, statistics and updates
/// stay fp32.
struct bf16 {};

namespace backend::cuda_engine {

enum class precision { strict, tf32, bf16 };

template <class P>
struct precision_of;
template <>
struct precision_of<float> {
    static constexpr precision value = precision::strict;
};
template <>
struct precision_of<mcfa::tf32> {
    static constexpr precision value = precision::tf32;
};
template <>
struct precision_of<mcfa::bf16> {
    static constexpr precision value = precision::bf16;
};

} // namespace backend::cuda_engine
} // namespace mcfa
