// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/reference.hpp>
#include <mcfa/layer/conv.hpp>
#include <mcfa/layer/flatten.hpp>
#include <mcfa/model/model.hpp>
#include <mcfa/task/attributes.hpp>

struct look : mcfa::attributes<"Smiling"> {};
struct small : mcfa::stage<mcfa::input<4>, mcfa::conv<2>, mcfa::flatten> {};
struct net : mcfa::cascade<mcfa::heads<look>, small> {};
