// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/mcfa.hpp>

#include <cmath>
#include <cstddef>

struct look : mcfa::attributes<"Smiling", "Eyeglasses"> {};
struct tasks : mcfa::heads<mcfa::face_class, mcfa::face_box, mcfa::landmarks<5>, look> {};
struct small : mcfa::stage<mcfa::input<12>, mcfa::vgg_block<4, 1>, mcfa::flatten, mcfa::dense<8>, mcfa::relu> {};
struct large : mcfa::stage<mcfa::input<24>, mcfa::vgg_block<4, 1>, mcfa::flatten, mcfa::dense<8>, mcfa::relu> {};
struct net : mcfa::cascade<tasks, small, large> {};
static_assert(net::feature<large> == 8 + 8);

/// One window through the net; true if its outputs are numbers and not all 0.
template <class Backend>
bool runs_on() {
    using model = mcfa::model<net, float, Backend>;
    model const m{mcfa::seed{7}};
    mcfa::workspace w{m, 1, mcfa::purpose::inference};
    for (std::size_t j = 0; j < net::count; ++j) {
        auto const side = static_cast<std::size_t>(net::stages[j].side);
        mcfa::array<float, 4> const windows = xt::ones<float>({std::size_t{1}, side, side, std::size_t{3}});
        w.load(j, windows, 1);
    }
    forward(mcfa::prepared_model{m}, w, 1);
    float sum = 0;
    for (int i = 0; i < tasks::length; ++i) sum += std::abs(w.logits(1)[i]);
    return std::isfinite(sum) && sum > 0;
}
