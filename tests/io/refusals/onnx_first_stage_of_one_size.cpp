// SPDX-License-Identifier: MIT
#include <mcfa/backend/reference.hpp>
#include <mcfa/io/save_onnx.hpp>
#include <mcfa/layer/dense.hpp>
#include <mcfa/layer/flatten.hpp>
#include <mcfa/task/face_class.hpp>

struct tasks : mcfa::heads<mcfa::face_class> {};
struct stage : mcfa::stage<mcfa::input<4>, mcfa::flatten, mcfa::dense<2>> {};
struct net : mcfa::cascade<tasks, stage> {};

void write(mcfa::model<net, float, mcfa::backend::reference> const& m) { mcfa::io::save_onnx_first_stage(m, "first.onnx"); }
