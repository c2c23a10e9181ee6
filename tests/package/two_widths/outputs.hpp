// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/cascade/cascade.hpp>
#include <mcfa/layer/block.hpp>
#include <mcfa/layer/dense.hpp>
#include <mcfa/layer/flatten.hpp>
#include <mcfa/layer/relu.hpp>
#include <mcfa/model/model.hpp>
#include <mcfa/model/pass/forward.hpp>
#include <mcfa/model/prepared_model.hpp>
#include <mcfa/model/workspace.hpp>
#include <mcfa/task/face_box.hpp>
#include <mcfa/task/face_class.hpp>

#include <cstddef>
#include <vector>

struct tasks : mcfa::heads<mcfa::face_class, mcfa::face_box> {};
struct small : mcfa::stage<mcfa::input<24>, mcfa::vgg_block<20, 2>, mcfa::vgg_block<36, 1>, mcfa::flatten, mcfa::dense<40>, mcfa::relu> {};
struct net : mcfa::cascade<tasks, small> {};

/// Logits of some windows, by weights that are packed for the width of a vector.
template <class Backend>
std::vector<float> outputs(Backend backend) {
    using namespace mcfa;
    model<net, float, Backend> const m{seed{7}, backend};
    std::size_t const windows = 5;
    workspace w{m, windows, purpose::inference};
    array<float, 4> pixels({windows, std::size_t{24}, std::size_t{24}, std::size_t{3}});
    for (std::size_t i = 0; i < pixels.size(); ++i) pixels.data()[i] = static_cast<float>(i * 37 % 101) / 50 - 1;
    w.load(0, pixels, windows);
    forward(prepared_model{m, windows}, w, windows);
    return std::vector<float>(w.logits(0), w.logits(0) + windows * tasks::length);
}

/// What a library computes, and under which name: libraries of different widths must not share functions.
struct library {
    std::vector<float> outputs;
    char const* name;
    int vector_bytes;
};
library narrow(), wide();
