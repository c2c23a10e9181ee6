// SPDX-License-Identifier: MIT
// A stage of a single_shot that is to see planes of any size ends in a dense layer.
#include <mcfa/detect/shot/place_grid.hpp>
#include <mcfa/layer/dense.hpp>
#include <mcfa/layer/flatten.hpp>
#include <mcfa/task/face_class.hpp>

using namespace mcfa;

struct near : stage<input<32>, conv<4, conv_options{.stride = 8}>> {};
struct far : stage<output_of<near>, flatten, dense<4>> {};
struct finder : single_shot<heads<face_class>, near, far> {};

auto const& refused = detect::place_grids<finder>();
