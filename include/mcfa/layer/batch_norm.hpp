// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/layer/layer.hpp>
#include <mcfa/op/batch_normalisation.hpp>

namespace mcfa {

/// Batch normalisation per channel; the maths stands at `op/batch_normalisation.hpp`.
struct batch_norm {
    static constexpr std::string_view kind = "bn";
    static constexpr layer_role role = layer_role::normalisation;

    static constexpr batch_normalisation op(shape in) { return {in.channels, in.pixels()}; }
    static constexpr bool accepts(shape) { return true; }
    static constexpr shape output(shape in) { return in; }
    static constexpr std::size_t saved(shape in) { return 2 * static_cast<std::size_t>(in.channels); }
    static constexpr auto parameters(shape in) {
        std::array<int, 4> const dims{in.channels, 1, 1, 1};
        return std::array{parameter_spec{"weight", parameter_role::bias, 1, dims, 0, 1},
                          parameter_spec{"bias", parameter_role::bias, 1, dims},
                          parameter_spec{"running_mean", parameter_role::statistic, 1, dims},
                          parameter_spec{"running_var", parameter_role::statistic, 1, dims, 0, 1}};
    }

    template <class T, class B>
    static void forward(layer_pass<T, B> const& p) {
        auto const channels = p.in.channels;
        T const *const gamma = p.weights, *const beta = gamma + channels;
        if (p.training)
            kernel<batch_normalisation, B>::forward_training(p.run, op(p.in), p.batch, p.x, gamma, beta, p.measured, p.measured + channels,
                                                             p.saved, p.y);
        else
            kernel<batch_normalisation, B>::forward_inference(p.run, op(p.in), p.batch, p.x, gamma, beta, p.statistics,
                                                              p.statistics + channels, p.y);
    }

    /// The parameters' gradients come with the input's, which is therefore written even where nobody asked for it: over dy.
    template <class T, class B>
    static void backward(layer_pass<T, B> const& p) {
        T* const dx = p.dx ? p.dx : p.dy;
        kernel<batch_normalisation, B>::backward(p.run, op(p.in), p.batch, p.x, p.dy, p.weights, p.saved, dx, p.dweights,
                                                 p.dweights + p.in.channels);
    }
};

} // namespace mcfa
