// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/layer/layer.hpp>
#include <mcfa/op/dense.hpp>

namespace mcfa {

/// A fully connected layer on a vector; put `flatten` or a global pool before it. The maths stands at `op/dense.hpp`.
template <int Outputs>
struct dense {
    static_assert(Outputs > 0, "mcfa: dense needs at least one output");
    static constexpr std::string_view kind = "dense";
    static constexpr bool numbered = true;
    static constexpr layer_role role = layer_role::dense;

    static constexpr dense_product op(shape in) { return {in.channels, Outputs}; }
    static constexpr bool accepts(shape in) { return in.channels > 0 && in.is_vector(); }
    static constexpr shape output(shape) { return {Outputs, 1, 1}; }
    static constexpr std::size_t multiply_adds(shape in) { return op(in).weights(); }

    static constexpr auto parameters(shape in) {
        return std::array{
            parameter_spec{
                "weight", parameter_role::weight, 2, {Outputs, in.channels, 1, 1}, he_deviation(static_cast<std::size_t>(in.channels))},
            parameter_spec{"bias", parameter_role::bias, 1, {Outputs, 1, 1, 1}}};
    }

    template <class T, class B>
    static void forward(layer_pass<T, B> const& p) {
        kernel<dense_product, B>::forward(p.run, op(p.in), p.batch, p.x, p.weights, p.weights + op(p.in).weights(), p.y);
    }

    template <class T, class B>
    static void backward(layer_pass<T, B> const& p) {
        auto const product = op(p.in);
        kernel<dense_product, B>::backward_weights(p.run, product, p.batch, p.x, p.dy, p.dweights, p.dweights + product.weights());
        if (p.dx) kernel<dense_product, B>::backward_input(p.run, product, p.batch, p.dy, p.weights, p.dx);
    }
};

} // namespace mcfa
