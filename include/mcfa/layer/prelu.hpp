// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/layer/layer.hpp>
#include <mcfa/op/activation.hpp>

namespace mcfa {

/// x where positive, a learned slope per channel times x elsewhere; slopes begin at 0.25, as in He et al. (ICCV 2015).
struct prelu {
    static constexpr std::string_view kind = "prelu";

    static constexpr parametric_rectifier op(shape in) { return {in.channels, in.pixels()}; }
    static constexpr bool accepts(shape) { return true; }
    static constexpr shape output(shape in) { return in; }
    static constexpr auto parameters(shape in) {
        return std::array{parameter_spec{"weight", parameter_role::bias, 1, {in.channels, 1, 1, 1}, 0, 0.25}};
    }

    template <class T, class B>
    static void forward(layer_pass<T, B> const& p) {
        kernel<parametric_rectifier, B>::forward(p.run, op(p.in), p.batch, p.x, p.weights, p.y);
    }

    /// The slope's gradient comes with the input's, which is therefore written even where nobody asked for it: over dy.
    template <class T, class B>
    static void backward(layer_pass<T, B> const& p) {
        T* const dx = p.dx ? p.dx : p.dy;
        kernel<parametric_rectifier, B>::backward(p.run, op(p.in), p.batch, p.x, p.dy, p.weights, dx, p.dweights);
    }
};

} // namespace mcfa
