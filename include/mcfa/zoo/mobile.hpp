// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/cascade.hpp>
#include <mcfa/layer/block.hpp>
#include <mcfa/layer/depthwise_conv.hpp>
#include <mcfa/layer/dropout.hpp>
#include <mcfa/layer/residual.hpp>
#include <mcfa/zoo/mcfa.hpp>

namespace mcfa::zoo {

/// 1x1 convolution, batch normalisation and rectifier.
template <int Channels>
struct pointwise : block<conv<Channels, conv_options{.kernel = 1, .pad = 0, .bias = false}>, batch_norm, relu> {};

/// Depthwise convolution, batch normalisation and rectifier.
template <depthwise_options Options>
struct spatial : block<depthwise_conv<Options>, batch_norm, relu> {};

/// 1x1 convolution and batch normalisation, without a rectifier: what it yields is few channels, of which none may be lost.
template <int Channels>
struct linear : block<conv<Channels, conv_options{.kernel = 1, .pad = 0, .bias = false}>, batch_norm> {};

/// Inverted residual of Sandler et al., MobileNetV2 (CVPR 2018): `Channels` widened to `Wide`, a 3x3 window in each of them, and back; the
/// result is added to the block's input.
template <int Channels, int Wide>
struct inverted_residual : residual<pointwise<Wide>, spatial<depthwise_options{.bias = false}>, linear<Channels>> {};

/// The same from any number of channels to `Channels` at half the side; nothing is added.
template <int Channels, int Wide>
struct inverted_step : block<pointwise<Wide>, spatial<depthwise_options{.stride = 2, .bias = false}>, linear<Channels>> {};

/// The first convolution, at half the side.
template <int Channels>
struct stem : block<conv<Channels, conv_options{.stride = 2, .bias = false}>, batch_norm, relu> {};

/// A plane of 7x7 to `Feature` values, one window a channel, after Chen et al., MobileFaceNets (2018).
template <int Feature>
struct depthwise_end : block<pointwise<Feature>, depthwise_conv<depthwise_options{.kernel = 7, .pad = 0, .bias = false}>, batch_norm> {};

/// A cascade of MobileNet-like stages, S and M at the sides of the paper's: about the time of the paper's S and M at an eighth of their width.
/// S slides, so that it sweeps photos.
struct mobile_s : stage<input<56>, stem<16>, inverted_step<24, 64>, inverted_residual<24, 96>, inverted_step<40, 96>,
                        inverted_residual<40, 120>, depthwise_end<96>, relu> {};

struct mobile_m
    : stage<input<112>, stem<16>, inverted_step<24, 64>, inverted_residual<24, 96>, inverted_step<48, 96>, inverted_residual<48, 192>,
            inverted_residual<48, 192>, inverted_step<80, 192>, inverted_residual<80, 320>, depthwise_end<256>, relu, dropout<25>> {};

struct mobile_net : cascade<mcfa_tasks, mobile_s, mobile_m> {};

} // namespace mcfa::zoo
