// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/layer/layer.hpp>
#include <mcfa/op/activation.hpp>

namespace mcfa {

/// Sets a share of the values to zero while training, and does nothing afterwards; see `op/activation.hpp`.
/// `Percent` is 0 to 99; an integer, because a floating template argument is not portable yet.
template <int Percent>
struct dropout {
    static_assert(0 <= Percent && Percent < 100, "mcfa: dropout takes a percentage from 0 to 99");
    static constexpr std::string_view kind = "dropout";

    static constexpr shape output(shape in) { return in; }

    template <class T, class B>
    static auto forward(layer_pass<T, B> const& p) {
        return dropout_mask<T>{.x = p.x, .y = p.y, .rate = p.training ? Percent / 100.0 : 0, .key = p.key};
    }
    template <class T, class B>
    static auto backward(layer_pass<T, B> const& p) {
        return dropout_mask<T>{.x = p.dy, .y = p.dx, .rate = p.training ? Percent / 100.0 : 0, .key = p.key};
    }
};

} // namespace mcfa
