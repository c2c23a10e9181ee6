// SPDX-License-Identifier: MIT
#pragma once

#include "cascades/chosen_cascade.hpp"
#include "command_line/command_line.hpp"

#include <mcfa/backend/eigen/int8/quads.hpp>

#include <string>

/// Adds --arithmetic, which defaults to `automatic`.
inline void add_arithmetic(command_line& line, std::string& name) {
    line.add("--arithmetic", name,
             "in which the net computes: float, bfloat16 or int8; automatic: int8 where the processor multiplies bytes and the weights "
             "have what "
             "`store --int8` measures, else float")
        .one_of({"automatic", "float", "bfloat16", "int8"});
}

/// The arithmetic of that name; `automatic` is the fastest of those that cost next to nothing (docs/performance.md).
inline arithmetic arithmetic_of(std::string const& name, model_type const& model) {
    if (name == "bfloat16") return arithmetic::bfloat16;
    if (name == "int8") return arithmetic::int8;
    using namespace mcfa::backend::eigen_engine;
    bool const bytes = (quads_by == quad_engine::avx512_vnni || quads_by == quad_engine::avx_vnni) && !model.quantisation().empty();
    return name == "automatic" && bytes ? arithmetic::int8 : arithmetic::floats;
}

inline std::string name_of(arithmetic a) { return a == arithmetic::int8 ? "int8" : a == arithmetic::bfloat16 ? "bfloat16" : "float"; }
