// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/layer/layer.hpp>
#include <mcfa/op/convolution.hpp>

namespace mcfa {

struct conv_options {
    int kernel = 3; ///< side of the square window
    int stride = 1;
    int pad = 1; ///< zeros around the input
    bool bias = true;
    int groups = 1;   ///< of input and output channels, each convolved by itself
    int dilation = 1; ///< pixels from one value of the window to the next
};

template <int Channels, conv_options Options>
constexpr bool conv_options_are_right() {
    static_assert(Channels > 0 && Options.kernel > 0 && Options.stride > 0 && Options.pad >= 0,
                  "mcfa: conv needs at least one channel, a positive kernel and stride, and no negative padding");
    return true;
}

/// Weights, and a bias if there is one, for windows of `in` channels.
template <bool Biased>
constexpr auto convolution_parameters(int out, int in, int kernel) {
    parameter_spec const weight{"weight", parameter_role::weight, 4, {out, in, kernel, kernel}, he_deviation(in * kernel * kernel)};
    if constexpr (Biased) return std::array{weight, parameter_spec{"bias", parameter_role::bias, 1, {out, 1, 1, 1}}};
    else return std::array{weight};
}

/// Convolution to `Channels` channels; the maths stands at `op/convolution.hpp`.
template <int Channels, conv_options Options = conv_options{}>
struct conv {
    static_assert(conv_options_are_right<Channels, Options>());
    static constexpr std::string_view kind = "conv";
    static constexpr bool numbered = true;
    static constexpr layer_role role = layer_role::convolution;

    static constexpr convolution op(shape in) { return {in, Channels, Options.kernel, Options.stride, Options.pad}; }
    static constexpr bool accepts(shape in) {
        return in.channels > 0 && in.height + 2 * Options.pad >= Options.kernel && in.width + 2 * Options.pad >= Options.kernel;
    }
    static constexpr shape output(shape in) { return op(in).out(); }
    static constexpr std::size_t multiply_adds(shape in) { return op(in).weights() * output(in).pixels(); }

    static constexpr auto parameters(shape in) { return convolution_parameters<Options.bias>(Channels, in.channels, Options.kernel); }

    template <class T, class B>
    static auto forward(layer_pass<T, B> const& p) {
        convolution const c = op(p.in());
        return convolution_forward<T>{.x = p.x,
                                      .weights = weights_of(c, p.learned.data()),
                                      .bias = bias_of(c, p.learned),
                                      .y = p.y,
                                      .stride = c.stride,
                                      .pad = c.pad};
    }

    template <class T, class B>
    static void backward(layer_pass<T, B> const& p) {
        convolution const c = op(p.in());
        compute(p.run, convolution_weight_gradient<T>{.x = p.x,
                                                      .dy = p.dy,
                                                      .dweights = weights_of(c, p.dlearned.data()),
                                                      .dbias = bias_of(c, p.dlearned),
                                                      .stride = c.stride,
                                                      .pad = c.pad});
        if (!p.dx.empty())
            compute(p.run, convolution_input_gradient<T>{
                               .dy = p.dy, .weights = weights_of(c, p.learned.data()), .dx = p.dx, .stride = c.stride, .pad = c.pad});
    }

private:
    /// Behind the weights, if there is one.
    template <class T>
    static row<T> bias_of(convolution const& c, row<T> const& all) {
        return Options.bias ? all.part(c.weights(), Channels) : row<T>{};
    }
};

} // namespace mcfa

#include <mcfa/layer/grouped_conv.hpp>
