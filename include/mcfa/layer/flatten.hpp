// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/layer/layer.hpp>
#include <mcfa/op/rearrange.hpp>

namespace mcfa {

/// A plane with channels becomes a vector, channel by channel: the order that PyTorch's flatten gives, so weights are exchangeable.
struct flatten {
    static constexpr std::string_view kind = "flatten";
    static constexpr layer_role role = layer_role::flatten;

    static constexpr shape output(shape in) { return {static_cast<int>(in.size()), 1, 1}; }

    template <class T, class B>
    static auto forward(layer_pass<T, B> const& p) {
        return channels_first<T>{.x = p.x, .y = p.y.rows()};
    }
    template <class T, class B>
    static auto backward(layer_pass<T, B> const& p) {
        return channels_last<T>{.dy = p.dy.rows(), .dx = p.dx};
    }
};

} // namespace mcfa
