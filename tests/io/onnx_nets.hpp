// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/cascade.hpp>
#include <mcfa/layer/activation.hpp>
#include <mcfa/layer/batch_norm.hpp>
#include <mcfa/layer/conv.hpp>
#include <mcfa/layer/dense.hpp>
#include <mcfa/layer/depthwise_conv.hpp>
#include <mcfa/layer/dropout.hpp>
#include <mcfa/layer/flatten.hpp>
#include <mcfa/layer/pool.hpp>
#include <mcfa/layer/prelu.hpp>
#include <mcfa/layer/relu.hpp>
#include <mcfa/layer/residual.hpp>
#include <mcfa/layer/squeeze_excite.hpp>
#include <mcfa/task/face_box.hpp>
#include <mcfa/task/face_class.hpp>

namespace onnx_nets {

struct tasks : mcfa::heads<mcfa::face_class, mcfa::face_box> {};

/// Slides: no dense layer, no global pool.
struct small : mcfa::stage<mcfa::input<12>, mcfa::conv<4, mcfa::conv_options{.pad = 0, .bias = false}>, mcfa::batch_norm, mcfa::relu,
                           mcfa::max_pool<2>, mcfa::depthwise_conv<mcfa::depthwise_options{.stride = 2, .pad = 2, .dilation = 2}>,
                           mcfa::prelu, mcfa::residual<mcfa::conv<4>, mcfa::relu, mcfa::conv<4>>,
                           mcfa::conv<6, mcfa::conv_options{.kernel = 3, .pad = 0}>, mcfa::hard_swish> {};

/// Every other layer.
struct large : mcfa::stage<mcfa::input<16>, mcfa::conv<5, mcfa::conv_options{.stride = 2}>, mcfa::swish, mcfa::squeeze_excite<2>,
                           mcfa::average_pool<3, 2, 1>, mcfa::gelu, mcfa::max_pool<3, 2, 1>, mcfa::flatten, mcfa::dense<7>,
                           mcfa::batch_norm, mcfa::prelu, mcfa::dropout<25>, mcfa::dense<6>, mcfa::sigmoid> {};

struct third
    : mcfa::stage<mcfa::input<8>, mcfa::conv<4>, mcfa::relu, mcfa::conv<6, mcfa::conv_options{.pad = 2, .groups = 2, .dilation = 2}>,
                  mcfa::conv<4, mcfa::conv_options{.pad = 2, .bias = false, .dilation = 2}>, mcfa::global_average_pool, mcfa::dense<3>,
                  mcfa::residual<mcfa::relu, mcfa::residual<mcfa::dense<4>, mcfa::swish, mcfa::dense<3>>>, mcfa::relu> {};

struct net : mcfa::cascade<tasks, small, large, third> {};

} // namespace onnx_nets
