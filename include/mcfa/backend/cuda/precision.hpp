// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/precision.hpp>

namespace mcfa {

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
