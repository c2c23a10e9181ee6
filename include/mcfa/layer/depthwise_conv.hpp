// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/layer/layer.hpp>
#include <mcfa/op/depthwise.hpp>

namespace mcfa {

struct depthwise_options {
    int kernel = 3; ///< side of the square window
    int stride = 1;
    int pad = 1;      ///< zeros around the input
    int dilation = 1; ///< pixels from one value of the window to the next
    bool bias = true;
};

/// A convolution of each channel by itself, as PyTorch's with as many groups as channels; the maths stands at `op/depthwise.hpp`. With a 1x1
/// `conv` behind it, it takes the place of a whole convolution (Howard et al., MobileNets, 2017).
template <depthwise_options Options = depthwise_options{}>
struct depthwise_conv {
    static_assert(Options.kernel > 0 && Options.stride > 0 && Options.pad >= 0 && Options.dilation > 0,
                  "mcfa: depthwise_conv needs a positive kernel, stride and dilation, and no negative padding");
    static constexpr std::string_view kind = "depthwise";
    static constexpr bool numbered = true;

    static constexpr depthwise op(shape in) { return {in, Options.kernel, Options.stride, Options.pad, Options.dilation}; }
    static constexpr bool accepts(shape in) {
        int const reach = op(in).reach();
        return in.channels > 0 && in.height + 2 * Options.pad >= reach && in.width + 2 * Options.pad >= reach;
    }
    static constexpr shape output(shape in) { return op(in).out(); }
    static constexpr std::size_t multiply_adds(shape in) { return op(in).weights() * output(in).pixels(); }

    static constexpr auto parameters(shape in) {
        parameter_spec const weight{"weight",
                                    parameter_role::weight,
                                    4,
                                    {in.channels, 1, Options.kernel, Options.kernel},
                                    he_deviation(Options.kernel * Options.kernel)};
        if constexpr (Options.bias) return std::array{weight, parameter_spec{"bias", parameter_role::bias, 1, {in.channels, 1, 1, 1}}};
        else return std::array{weight};
    }

    template <class T, class B>
    static auto forward(layer_pass<T, B> const& p) {
        depthwise const c = op(p.in());
        return depthwise_forward<T>{.op = c, .x = p.x, .weights = weights_of(c, p.learned.data()), .bias = bias_of(c, p.learned), .y = p.y};
    }

    template <class T, class B>
    static void backward(layer_pass<T, B> const& p) {
        depthwise const c = op(p.in());
        if (p.training)
            compute(p.run,
                    depthwise_weight_gradient<T>{
                        .op = c, .x = p.x, .dy = p.dy, .dweights = weights_of(c, p.dlearned.data()), .dbias = bias_of(c, p.dlearned)});
        if (!p.dx.empty())
            compute(p.run, depthwise_input_gradient<T>{.op = c, .dy = p.dy, .weights = weights_of(c, p.learned.data()), .dx = p.dx});
    }

private:
    template <class T>
    static matrix<T> weights_of(depthwise const& c, T* all) {
        return {all, c.in.channels, c.taps()};
    }
    /// Behind the weights, if there is one.
    template <class T>
    static row<T> bias_of(depthwise const& c, row<T> const& all) {
        return Options.bias ? all.part(c.weights(), c.in.channels) : row<T>{};
    }
};

} // namespace mcfa
