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
        return std::array{parameter_spec{"weight", parameter_role::weight, 2, {Outputs, in.channels, 1, 1}, he_deviation(in.channels)},
                          parameter_spec{"bias", parameter_role::bias, 1, {Outputs, 1, 1, 1}}};
    }

    template <class T, class B>
    static auto forward(layer_pass<T, B> const& p) {
        return dense_forward<T>{.x = p.x.rows(), .weights = weights(p, p.learned), .bias = bias(p, p.learned), .y = p.y.rows()};
    }

    template <class T, class B>
    static void backward(layer_pass<T, B> const& p) {
        if (p.training)
            compute(p.run, dense_weight_gradient<T>{
                               .x = p.x.rows(), .dy = p.dy.rows(), .dweights = weights(p, p.dlearned), .dbias = bias(p, p.dlearned)});
        if (!p.dx.empty()) compute(p.run, dense_input_gradient<T>{.dy = p.dy.rows(), .weights = weights(p, p.learned), .dx = p.dx.rows()});
    }

private:
    // The layer's tensors within all of them.
    template <class P, class T>
    static matrix<T> weights(P const& p, row<T> const& all) {
        return {all.data(), Outputs, p.in().channels};
    }
    template <class P, class T>
    static row<T> bias(P const& p, row<T> const& all) {
        return all.part(op(p.in()).weights(), Outputs);
    }
};

} // namespace mcfa
