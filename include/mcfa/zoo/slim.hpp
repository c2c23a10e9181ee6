// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/cascade.hpp>
#include <mcfa/layer/block.hpp>
#include <mcfa/layer/dense.hpp>
#include <mcfa/layer/dropout.hpp>
#include <mcfa/layer/flatten.hpp>
#include <mcfa/zoo/mcfa.hpp>

namespace mcfa::zoo {

/// A small cascade of the paper's kind, made to find faces quickly: S sweeps a photo without padding, so that swept and windowed features are
/// the same, M judges its proposals, and L names box, landmarks and attributes.
struct slim_s
    : stage<input<24>, conv<16, conv_options{.pad = 0, .bias = false}>, batch_norm, relu, max_pool<2>,
            conv<16, conv_options{.pad = 0, .bias = false}>, batch_norm, relu, max_pool<2>, conv<32, conv_options{.pad = 0, .bias = false}>,
            batch_norm, relu, conv<64, conv_options{.kernel = 2, .pad = 0, .bias = false}>, batch_norm, relu> {};

inline constexpr vgg_options slim_block{.batch_norm = true};

struct slim_m : stage<input<48>, vgg_block<16, 1, slim_block>, vgg_block<32, 1, slim_block>, vgg_block<64, 1, slim_block>,
                      vgg_block<64, 1, slim_block>, flatten, dense<128>, batch_norm, relu> {};

struct slim_l : stage<input<96>, vgg_block<16, 1, slim_block>, vgg_block<32, 1, slim_block>, vgg_block<64, 2, slim_block>,
                      vgg_block<128, 2, slim_block>, flatten, dense<256>, batch_norm, relu, dropout<25>> {};

struct slim_net : cascade<mcfa_tasks, slim_s, slim_m, slim_l> {};

} // namespace mcfa::zoo
