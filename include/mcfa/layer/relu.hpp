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

    static constexpr shape output(shape in) { return in; }

    template <class T, class B>
    static auto forward(layer_pass<T, B> const& p) {
        return rectifier_forward<T>{.x = p.x, .y = p.y};
    }
    template <class T, class B>
    static auto backward(layer_pass<T, B> const& p) {
        return rectifier_backward<T>{.y = p.y, .dy = p.dy, .dx = p.dx};
    }
};

} // namespace mcfa
