// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/core/narrow_float.hpp>
#include <mcfa/op/int8.hpp>
#include <mcfa/op/passes.hpp>

#include <cstdint>

namespace mcfa::backend::x86_engine {

/// Inference in bfloat16.
using bfloat16_passes = pass_list<conversion<float, bfloat16>, conversion<bfloat16, float>, pooling_forward<bfloat16>, addition<bfloat16>,
                                  channels_first<bfloat16>, dense_forward<bfloat16, bfloat16>, unit_preparation<float, bfloat16>,
                                  unit_forward_prepared<bfloat16, bfloat16>>;

/// Inference in 8-bit integers.
using int8_passes = pass_list<byte_quantisation<float>, byte_widening<float>, channels_first<std::uint8_t>, int8_unit_preparation<float>,
                              int8_unit_forward<float>, int8_unit_forward<std::uint8_t>>;

/// The passes that every level computes.
using all_passes = decltype(passes_of<float>{} + half_passes{} + bfloat16_passes{} + int8_passes{});

/// Those of them whose layout of weights a level chooses.
using preparations = pass_list<unit_preparation<float, float>, unit_preparation<float, float16>, unit_preparation<float, bfloat16>>;

template <class Pass>
concept listed = all_passes::has<Pass>;

} // namespace mcfa::backend::x86_engine
