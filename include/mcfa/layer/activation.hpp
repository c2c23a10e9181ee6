// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/layer/layer.hpp>
#include <mcfa/op/activation.hpp>

namespace mcfa {

/// A layer that is one function of each value; the formulas stand at `op/activation.hpp`.
template <activation_kind Function>
struct activation {
    static constexpr shape output(shape in) { return in; }

    template <class T, class B>
    static auto forward(layer_pass<T, B> const& p) {
        return activation_forward<T>{.x = p.x, .y = p.y, .kind = Function};
    }
    template <class T, class B>
    static auto backward(layer_pass<T, B> const& p) {
        return activation_backward<T>{.x = p.x, .dy = p.dy, .dx = p.dx, .kind = Function};
    }
};

/// 1 / (1 + exp(-x)).
struct sigmoid : activation<activation_kind::sigmoid> {
    static constexpr std::string_view kind = "sigmoid";
};
/// x sigmoid(x), as `torch.nn.SiLU`.
struct swish : activation<activation_kind::swish> {
    static constexpr std::string_view kind = "swish";
};
/// x min(max(x + 3, 0), 6) / 6, as `torch.nn.Hardswish`: close to swish, without an exponential.
struct hard_swish : activation<activation_kind::hard_swish> {
    static constexpr std::string_view kind = "hard_swish";
};
/// x times the normal distribution's share below x, as `torch.nn.GELU`.
struct gelu : activation<activation_kind::gelu> {
    static constexpr std::string_view kind = "gelu";
};

} // namespace mcfa
