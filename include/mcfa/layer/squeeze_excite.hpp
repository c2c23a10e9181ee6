// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/layer/layer.hpp>
#include <mcfa/op/activation.hpp>
#include <mcfa/op/channel_scale.hpp>
#include <mcfa/op/dense.hpp>
#include <mcfa/op/pooling.hpp>

namespace mcfa {

/// Scales each channel by what the whole plane says of it, Hu et al., "Squeeze-and-excitation networks" (CVPR 2018):
///     y = x s,   s = sigmoid(W2 max(W1 m + b1, 0) + b2),   m = the channels' means over the plane
/// with channels / `Ratio` values in between, at least 1. Its tensors are called as in torchvision, fc1 and fc2. It looks at the whole plane,
/// so a stage that has it is not swept.
template <int Ratio = 16>
struct squeeze_excite {
    static_assert(Ratio > 0, "mcfa: squeeze_excite divides the channels by a positive ratio");
    static constexpr std::string_view kind = "squeeze_excite";
    static constexpr bool numbered = true;

    static constexpr int between(shape in) { return in.channels < Ratio ? 1 : in.channels / Ratio; }
    static constexpr bool accepts(shape in) { return in.size() > 0; }
    static constexpr shape output(shape in) { return in; }
    static constexpr std::size_t multiply_adds(shape in) { return in.size() + std::size_t{2} * in.channels * between(in); }
    static constexpr auto parameters(shape in) {
        int const inner = between(in), channels = in.channels;
        return std::array{parameter_spec{"fc1.weight", parameter_role::weight, 2, {inner, channels, 1, 1}, he_deviation(channels)},
                          parameter_spec{"fc1.bias", parameter_role::bias, 1, {inner, 1, 1, 1}},
                          parameter_spec{"fc2.weight", parameter_role::weight, 2, {channels, inner, 1, 1}, he_deviation(inner)},
                          parameter_spec{"fc2.bias", parameter_role::bias, 1, {channels, 1, 1, 1}}};
    }

    template <class T, class B>
    static void forward(layer_pass<T, B> const& p) {
        auto const s = squeeze(p);
        compute(p.run, channel_scale<T>{.x = p.x, .scale = s.scale, .y = p.y});
    }

    /// The means and what follows from them are computed anew: they cost little, and nothing of a batch's size is kept for a layer.
    template <class T, class B>
    static void backward(layer_pass<T, B> const& p) {
        auto const s = squeeze(p);
        parts<T const> const w(p.in(), p.learned.data());
        compute(p.run, channel_products<T>{.a = p.x, .b = p.dy, .sums = s.dscale});
        compute(p.run,
                activation_backward<T>{.x = flat(s.logit), .dy = flat(s.dscale), .dx = flat(s.dscale), .kind = activation_kind::sigmoid});
        compute(p.run, dense_input_gradient<T>{.dy = s.dscale, .weights = w.fc2, .dx = s.dinner});
        compute(p.run, rectifier_backward<T>{.y = flat(s.inner), .dy = flat(s.dinner), .dx = flat(s.dinner)});
        if (p.training) {
            parts<T> const d(p.in(), p.dlearned.data());
            compute(p.run, dense_weight_gradient<T>{.x = s.inner, .dy = s.dscale, .dweights = d.fc2, .dbias = d.bias2});
            compute(p.run, dense_weight_gradient<T>{.x = s.mean, .dy = s.dinner, .dweights = d.fc1, .dbias = d.bias1});
        }
        if (p.dx.empty()) return;
        compute(p.run, dense_input_gradient<T>{.dy = s.dinner, .weights = w.fc1, .dx = s.mean});
        compute(p.run, channel_scale<T>{.x = p.dy, .scale = s.scale, .shift = s.mean, .factor = 1.0 / p.in().pixels(), .y = p.dx});
    }

private:
    /// The layer's tensors, or their gradients, within one row.
    template <class T>
    struct parts {
        matrix<T> fc1, fc2;
        row<T> bias1, bias2;
        parts(shape in, T* all) {
            int const inner = between(in), channels = in.channels;
            std::size_t const weights = static_cast<std::size_t>(inner) * channels;
            fc1 = {all, inner, channels};
            bias1 = {all + weights, inner};
            fc2 = {all + weights + inner, channels, inner};
            bias2 = {all + 2 * weights + inner, channels};
        }
    };

    /// What a batch's means become, a row a sample, and room for the gradients; in scratch memory, until the next pass of such a layer.
    template <class T>
    struct squeezed {
        matrix<T> mean, logit, scale, dscale, inner, dinner;
    };
    struct batch_values {}; // names the scratch memory

    template <class T>
    static planes<T> flat(matrix<T> const& m) {
        return {m.data(), m.extent(0), std::size_t{1}, std::size_t{1}, m.extent(1)};
    }

    template <class T, class B>
    static squeezed<T> squeeze(layer_pass<T, B> const& p) {
        shape const in = p.in();
        std::size_t const batch = p.x.extent(0), channels = in.channels, inner = between(in);
        T* next = p.run.template scratch<T>(batch_values{}, batch * (4 * channels + 2 * inner)).data();
        auto const take = [&](std::size_t width) {
            matrix<T> const m{next, batch, width};
            next += m.size();
            return m;
        };
        squeezed<T> const s{take(channels), take(channels), take(channels), take(channels), take(inner), take(inner)};
        parts<T const> const w(in, p.learned.data());
        compute(p.run, pooling_forward<T>{.op = {pooling_kind::average, in, in.height, in.width, 1, 0}, .x = p.x, .y = flat(s.mean)});
        compute(p.run, dense_forward<T>{.x = s.mean, .weights = w.fc1, .bias = w.bias1, .y = s.inner});
        compute(p.run, rectifier_forward<T>{.x = flat(s.inner), .y = flat(s.inner)});
        compute(p.run, dense_forward<T>{.x = s.inner, .weights = w.fc2, .bias = w.bias2, .y = s.logit});
        compute(p.run, activation_forward<T>{.x = flat(s.logit), .y = flat(s.scale), .kind = activation_kind::sigmoid});
        return s;
    }
};

} // namespace mcfa
