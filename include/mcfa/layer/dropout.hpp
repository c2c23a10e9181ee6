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

    static constexpr dropout_mask op(shape in) { return {in.size(), Percent / 100.0}; }
    static constexpr bool accepts(shape) { return true; }
    static constexpr shape output(shape in) { return in; }
    static constexpr std::array<parameter_spec, 0> parameters(shape) { return {}; }

    template <class T, class B>
    static void forward(layer_pass<T, B> const& p) {
        dropout_mask const mask{p.in.size(), p.training ? Percent / 100.0 : 0.0};
        kernel<dropout_mask, B>::apply(p.run, mask, p.batch, p.key, p.x, p.y);
    }

    template <class T, class B>
    static void backward(layer_pass<T, B> const& p) {
        if (p.dx) kernel<dropout_mask, B>::apply(p.run, op(p.in), p.batch, p.key, p.dy, p.dx);
    }
};

} // namespace mcfa
