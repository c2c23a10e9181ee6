// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/cascade.hpp>
#include <mcfa/layer/dense.hpp>
#include <mcfa/layer/flatten.hpp>
#include <mcfa/task/attributes.hpp>
#include <mcfa/task/face_class.hpp>

struct look : mcfa::attributes<"Smiling", "Eyeglasses"> {};
struct tasks : mcfa::heads<mcfa::face_class, look> {};
