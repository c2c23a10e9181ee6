// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/cascade.hpp>
#include <mcfa/layer/dense.hpp>
#include <mcfa/layer/flatten.hpp>
#include <mcfa/layer/prelu.hpp>
#include <mcfa/task/attributes.hpp>
#include <mcfa/task/face_box.hpp>
#include <mcfa/task/face_class.hpp>
#include <mcfa/task/landmarks.hpp>

/// The net of tests/golden/joint_step_net.py.
namespace mcfa::golden {

struct look : attributes<"Smiling", "Eyeglasses", "Wearing_Hat"> {};
struct tasks : heads<face_class, face_box, landmarks<5>, look> {};
struct small : stage<input<8>, conv<3, conv_options{.bias = false}>, batch_norm, prelu, max_pool<2>,
                     conv<4, conv_options{.kernel = 4, .pad = 0}>, prelu> {};
struct large : stage<input<12>, conv<3>, relu, average_pool<3>, flatten, dense<5>, relu> {};
struct net : cascade<tasks, small, large> {};

} // namespace mcfa::golden
