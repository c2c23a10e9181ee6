// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/layer/layer.hpp>
#include <mcfa/op/rearrange.hpp>

namespace mcfa {

/// A plane with channels becomes a vector, channel by channel: the order that PyTorch's flatten gives, so weights are exchangeable.
struct flatten {
    static constexpr std::string_view kind = "flatten";

    static constexpr bool accepts(shape) { return true; }
    static constexpr shape output(shape in) { return {static_cast<int>(in.size()), 1, 1}; }
    static constexpr std::array<parameter_spec, 0> parameters(shape) { return {}; }

    template <class T, class B>
    static void forward(layer_pass<T, B> const& p) {
        kernel<to_planes, B>::forward(p.run, to_planes{p.in}, p.batch, p.x, p.y);
    }

    template <class T, class B>
    static void backward(layer_pass<T, B> const& p) {
        if (p.dx) kernel<to_planes, B>::backward(p.run, to_planes{p.in}, p.batch, p.dy, p.dx);
    }
};

} // namespace mcfa
