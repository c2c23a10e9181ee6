// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/layer/conv.hpp>
#include <mcfa/op/dense.hpp>
#include <mcfa/op/patches.hpp>
#include <mcfa/op/rearrange.hpp>

#include <algorithm>
#include <cstddef>

namespace mcfa {

/// `conv` with groups of channels or with taps apart: a matrix product for each group, of some samples' windows at a time; the maths stands at
/// `op/patches.hpp`. Unlike a plain one it runs by itself, and what follows it is not joined to it. If every channel is a group,
/// `depthwise_conv` is faster.
template <int Channels, conv_options Options>
    requires(Options.groups != 1 || Options.dilation != 1)
struct conv<Channels, Options> {
    static_assert(conv_options_are_right<Channels, Options>());
    static_assert(Options.groups > 0 && Options.dilation > 0, "mcfa: conv needs a positive number of groups and a positive dilation");
    static constexpr std::string_view kind = "conv";
    static constexpr bool numbered = true;

    static constexpr grouped_convolution op(shape in) {
        return {in, Channels, Options.kernel, Options.stride, Options.pad, Options.dilation, Options.groups};
    }
    /// The groups must divide the channels of input and output.
    static constexpr bool accepts(shape in) {
        int const reach = op(in).reach();
        return in.channels > 0 && in.channels % Options.groups == 0 && Channels % Options.groups == 0 &&
               in.height + 2 * Options.pad >= reach && in.width + 2 * Options.pad >= reach;
    }
    static constexpr shape output(shape in) { return op(in).out(); }
    static constexpr std::size_t multiply_adds(shape in) { return op(in).weights() * output(in).pixels(); }
    static constexpr auto parameters(shape in) {
        return convolution_parameters<Options.bias>(Channels, in.channels / Options.groups, Options.kernel);
    }

    template <class T, class B>
    static void forward(layer_pass<T, B> const& p) {
        grouped_convolution const c = op(p.in());
        T const* const taps = taps_first(p, c);
        row<T const> const bias = bias_of(c, p.learned);
        in_pieces(p, c, [&](std::size_t first, std::size_t count) {
            matrix<T> const all = pixels(p.y.part(first, count)), rows = room(p, c, count);
            for (int g = 0; g < c.groups; ++g) {
                compute(p.run, patches<T>{.op = c, .group = g, .x = p.x.part(first, count), .rows = rows});
                matrix<T> const y = c.groups == 1 ? all : room_of_group<T>(p, c, all.extent(0));
                compute(p.run, dense_forward<T>{.x = rows,
                                                .weights = of_group(c, g, taps),
                                                .bias = bias.empty() ? bias : bias.part(g * c.group_out(), c.group_out()),
                                                .y = y});
                if (c.groups > 1) compute(p.run, column_copy<T>{.from = y, .to = all, .to_first = g * y.extent(1), .count = y.extent(1)});
            }
        });
    }

    template <class T, class B>
    static void backward(layer_pass<T, B> const& p) {
        grouped_convolution const c = op(p.in());
        struct gradients {}; // scratch memory
        struct of_a_piece {};
        std::size_t const size = c.weights(), both = size + (Options.bias ? Channels : 0);
        row<T> const sums = p.run.template scratch<T>(gradients{}, both), part = p.run.template scratch<T>(of_a_piece{}, both);
        T const* const taps = p.dx.empty() ? nullptr : taps_first(p, c);
        in_pieces(p, c, [&](std::size_t first, std::size_t count) {
            matrix<T const> const all = pixels(p.dy.part(first, count));
            matrix<T> const rows = room(p, c, count);
            row<T> const found = first == 0 ? sums : part;
            for (int g = 0; g < c.groups; ++g) {
                matrix<T const> dy = all;
                if (c.groups > 1) {
                    auto const own = room_of_group<T>(p, c, all.extent(0));
                    compute(p.run, column_copy<T>{.from = all, .to = own, .from_first = g * own.extent(1), .count = own.extent(1)});
                    dy = own;
                }
                if (p.training) {
                    compute(p.run, patches<T>{.op = c, .group = g, .x = p.x.part(first, count), .rows = rows});
                    compute(p.run, dense_weight_gradient<T>{.x = rows,
                                                            .dy = dy,
                                                            .dweights = of_group(c, g, found.data()),
                                                            .dbias = Options.bias ? found.part(size + g * c.group_out(), c.group_out())
                                                                                  : row<T>{}});
                }
                if (p.dx.empty()) continue;
                compute(p.run, dense_input_gradient<T>{.dy = dy, .weights = of_group(c, g, taps), .dx = rows});
                compute(p.run, patches_gradient<T>{.op = c, .group = g, .drows = rows, .dx = p.dx.part(first, count)});
            }
            if (p.training && first > 0)
                compute(p.run, column_copy<T>{.from = {part.data(), 1, both}, .to = {sums.data(), 1, both}, .count = both, .adds = true});
        });
        if (!p.training) return;
        compute(p.run, channels_first<T>{.x = windows(c, static_cast<T const*>(sums.data())),
                                         .y = {p.dlearned.data(), Channels, static_cast<int>(c.depth())}});
        if (Options.bias)
            compute(p.run, column_copy<T>{.from = {sums.data() + size, 1, Channels},
                                          .to = {p.dlearned.data() + size, 1, Channels},
                                          .count = static_cast<std::size_t>(Channels)});
    }

private:
    // Names of scratch memory.
    struct turned_weights {};
    struct window_rows {};
    struct group_outputs {};

    /// f(first sample, samples) for as many at a time as have about a million values in their rows.
    template <class T, class B, class F>
    static void in_pieces(layer_pass<T, B> const& p, grouped_convolution const& c, F const& f) {
        std::size_t const batch = p.x.extent(0), size = static_cast<std::size_t>(c.out().pixels()) * c.depth();
        std::size_t const step = std::clamp<std::size_t>((std::size_t{1} << 20) / size, 1, batch);
        for (std::size_t first = 0; first < batch; first += step) f(first, std::min(step, batch - first));
    }
    template <class T, class B>
    static matrix<T> room(layer_pass<T, B> const& p, grouped_convolution const& c, std::size_t samples) {
        std::size_t const rows = samples * c.out().pixels();
        return {p.run.template scratch<T>(window_rows{}, rows * c.depth()).data(), rows, c.depth()};
    }
    template <class T, class B>
    static matrix<T> room_of_group(layer_pass<T, B> const& p, grouped_convolution const& c, std::size_t rows) {
        std::size_t const width = c.group_out();
        return {p.run.template scratch<T>(group_outputs{}, rows * width).data(), rows, width};
    }
    template <class T>
    static matrix<T> pixels(planes<T> const& all) {
        return all.as(all.size() / all.extent(3), all.extent(3));
    }
    /// Weights in the order of the rows, (out, ky, kx, channel).
    template <class T>
    static planes<T> windows(grouped_convolution const& c, T* values) {
        return {values, Channels, c.kernel, c.kernel, c.group_in()};
    }
    template <class T, class B>
    static T const* taps_first(layer_pass<T, B> const& p, grouped_convolution const& c) {
        T* const turned = p.run.template scratch<T>(turned_weights{}, c.weights()).data();
        compute(p.run, channels_last<T>{.dy = {p.learned.data(), Channels, static_cast<int>(c.depth())}, .dx = windows(c, turned)});
        return turned;
    }
    template <class T>
    static matrix<T> of_group(grouped_convolution const& c, int g, T* weights) {
        std::size_t const count = c.group_out();
        return {weights + g * count * c.depth(), count, c.depth()};
    }
    template <class T>
    static row<T> bias_of(grouped_convolution const& c, row<T> const& all) {
        return Options.bias ? all.part(c.weights(), Channels) : row<T>{};
    }
};

} // namespace mcfa
