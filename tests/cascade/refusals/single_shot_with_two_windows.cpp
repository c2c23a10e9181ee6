// SPDX-License-Identifier: MIT
// The second stage of a single_shot sees a window of its own.
#include <mcfa/cascade/single_shot.hpp>
#include <mcfa/layer/conv.hpp>
#include <mcfa/task/face_class.hpp>

using namespace mcfa;

struct near : stage<input<32>, conv<4, conv_options{.stride = 8}>> {};
struct far : stage<input<32>, conv<4, conv_options{.stride = 16}>> {};
struct finder : single_shot<heads<face_class>, near, far> {};

auto const& refused = finder::info;
