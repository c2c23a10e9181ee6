// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/heads.hpp>
#include <mcfa/cascade/single_shot.hpp>
#include <mcfa/layer/batch_norm.hpp>
#include <mcfa/layer/block.hpp>
#include <mcfa/layer/conv.hpp>
#include <mcfa/layer/relu.hpp>
#include <mcfa/task/face_class.hpp>
#include <mcfa/task/overlap_error.hpp>

namespace mcfa::zoo {

/// 3x3 convolution, batch normalisation and rectifier.
template <int Channels, int Stride>
struct finder_unit : block<conv<Channels, conv_options{.stride = Stride, .bias = false}>, batch_norm, relu> {};

/// A small net that finds faces at strides 8, 16 and 32 in one pass, alone or before a cascade; it learns box and class, and trains on crops of 256
/// pixels. At 640x480 it takes 0.9 G multiply-adds, on a photo that is seen at half its size a quarter of that.
struct finder_8 : stage<input<256>, finder_unit<16, 2>, finder_unit<32, 2>, finder_unit<32, 1>, finder_unit<64, 2>, finder_unit<64, 1>,
                        finder_unit<64, 1>> {};
struct finder_16 : stage<output_of<finder_8>, finder_unit<64, 2>, finder_unit<64, 1>, finder_unit<64, 1>> {};
struct finder_32 : stage<output_of<finder_16>, finder_unit<64, 2>, finder_unit<64, 1>, finder_unit<64, 1>> {};

struct finder_net : single_shot<heads<face_class, overlapping_face_box>, finder_8, finder_16, finder_32> {};

} // namespace mcfa::zoo
