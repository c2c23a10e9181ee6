// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/layer/layer.hpp>
#include <mcfa/op/activation.hpp>

namespace mcfa {

/// x where positive, a learned slope per channel times x elsewhere; slopes begin at 0.25, as in He et al. (ICCV 2015).
struct prelu {
    static constexpr std::string_view kind = "prelu";

    static constexpr shape output(shape in) { return in; }
    static constexpr auto parameters(shape in) {
        return std::array{parameter_spec{"weight", parameter_role::bias, 1, {in.channels, 1, 1, 1}, 0, 0.25}};
    }

    template <class T, class B>
    static auto forward(layer_pass<T, B> const& p) {
        return parametric_rectifier_forward<T>{.x = p.x, .slope = p.learned, .y = p.y};
    }
    /// The slope's gradient comes with the input's, which is therefore written even where nothing needs it: over dy.
    template <class T, class B>
    static auto backward(layer_pass<T, B> const& p) {
        return parametric_rectifier_backward<T>{
            .x = p.x, .dy = p.dy, .slope = p.learned, .dx = p.dx.empty() ? p.dy : p.dx, .dslope = p.dlearned};
    }
};

} // namespace mcfa
