// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/layer/block.hpp>
#include <mcfa/layer/layer.hpp>
#include <mcfa/op/addition.hpp>
#include <mcfa/op/rearrange.hpp>

#include <array>
#include <cstddef>

namespace mcfa {

/// y = x + the input of the layer `Back` layers before this one, which has x's shape: the end of a residual block. The gradient of both is
/// the gradient of y.
template <int Back>
struct add_skip {
    static_assert(Back > 0, "mcfa: add_skip joins the input of an earlier layer, at least one layer back");
    static constexpr std::string_view kind = "add";
    static constexpr layer_role role = layer_role::addition;
    static constexpr bool in_place = true;
    static constexpr int back = Back;

    static constexpr shape output(shape in) { return in; }

    template <class T, class B>
    static auto forward(layer_pass<T, B> const& p) {
        return addition<T>{.x = p.x, .other = p.skip, .y = p.y};
    }
    /// That of x alone, and never in place: dy stays as it is until the other operand takes it.
    template <class T, class B>
    static auto backward(layer_pass<T, B> const& p) {
        return column_copy<T>{.from = p.dy.rows(), .to = p.dx.rows(), .count = p.dy.rows().extent(1)};
    }
};

/// y = x + f(x), where f is the given layers one after the other, or blocks of them, other residuals included: He et al., "Deep residual
/// learning for image recognition" (CVPR 2016). f must keep the shape. A rectifier on the sum stands behind it:
///
///     residual<conv<16, conv_options{.bias = false}>, batch_norm, relu, conv<16, conv_options{.bias = false}>, batch_norm>, relu
template <class First, class... Elements>
struct residual {
    using within = decltype((layers_of<First>() + ... + layers_of<Elements>()));
    using layers = decltype(within{} + layer_list<add_skip<static_cast<int>(within::count)>>{});
};

/// Whether what is added is as large as what it is added to on planes of any size, and not on the stage's own window alone: no layer between
/// them strides. `strides` are those of the layers.
template <class... Layers>
constexpr bool sums_slide(layer_list<Layers...>, std::array<int, sizeof...(Layers)> const& strides) {
    std::array<int, sizeof...(Layers)> const back{layer_traits<Layers>::back...};
    for (std::size_t i = 0; i < back.size(); ++i)
        for (std::size_t between = i - back[i]; between < i; ++between)
            if (strides[between] != 1) return false;
    return true;
}

} // namespace mcfa
