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
        compute(p.run, dense_forward<T>{.x = {p.x, p.batch, p.in.channels},
                                        .weights = {p.weights, Outputs, p.in.channels},
                                        .bias = {p.weights + op(p.in).weights(), Outputs},
                                        .y = {p.y, p.batch, Outputs}});
    }

    template <class T, class B>
    static void backward(layer_pass<T, B> const& p) {
        matrix<T const> const dy{p.dy, p.batch, Outputs};
        compute(p.run, dense_weight_gradient<T>{.x = {p.x, p.batch, p.in.channels},
                                                .dy = dy,
                                                .dweights = {p.dweights, Outputs, p.in.channels},
                                                .dbias = {p.dweights + op(p.in).weights(), Outputs}});
        if (p.dx)
            compute(p.run, dense_input_gradient<T>{
                               .dy = dy, .weights = {p.weights, Outputs, p.in.channels}, .dx = {p.dx, p.batch, p.in.channels}});
    }
};

} // namespace mcfa
