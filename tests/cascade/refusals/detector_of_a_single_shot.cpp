// SPDX-License-Identifier: MIT
// A detector is given a single_shot where a cascade belongs.
#include <mcfa/backend/reference.hpp>
#include <mcfa/cascade/single_shot.hpp>
#include <mcfa/detect/detector.hpp>

using namespace mcfa;

struct near : stage<input<32>, conv<4, conv_options{.stride = 8}>> {};
struct finder : single_shot<heads<face_class>, near> {};

using refused = detector<inference_model<finder, float, backend::reference>>;
std::size_t const size = sizeof(refused);
