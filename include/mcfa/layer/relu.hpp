// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/layer/layer.hpp>
#include <mcfa/op/activation.hpp>

namespace mcfa {

/// max(x, 0), in place.
struct relu {
    static constexpr std::string_view kind = "relu";
    static constexpr bool in_place = true;
    static constexpr layer_role role = layer_role::rectifier;

    static constexpr bool accepts(shape) { return true; }
    static constexpr shape output(shape in) { return in; }
    static constexpr std::array<parameter_spec, 0> parameters(shape) { return {}; }

    template <class T, class B>
    static void forward(layer_pass<T, B> const& p) {
        kernel<rectifier, B>::forward(p.run, rectifier{p.in.size()}, p.batch, p.x, p.y);
    }

    template <class T, class B>
    static void backward(layer_pass<T, B> const& p) {
        if (p.dx) kernel<rectifier, B>::backward(p.run, rectifier{p.in.size()}, p.batch, p.y, p.dy, p.dx);
    }
};

} // namespace mcfa
