// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/layer/layer.hpp>
#include <mcfa/op/pooling.hpp>

namespace mcfa {

struct pool_options {
    int window = 2; ///< side of the square window
    int stride = 2;
    int pad = 0;
};

/// Maximum or mean of square windows; the maths stands at `op/pooling.hpp`.
template <pooling_kind Kind, pool_options Options>
struct pool {
    static_assert(Options.window > 0 && Options.stride > 0 && Options.pad >= 0 && 2 * Options.pad <= Options.window,
                  "mcfa: a pool needs a positive window and stride, and padding of at most half the window");
    static constexpr std::string_view kind = Kind == pooling_kind::maximum ? "max_pool" : "average_pool";
    static constexpr layer_role role = Kind == pooling_kind::maximum && Options.window == 2 && Options.stride == 2 && Options.pad == 0
                                           ? layer_role::max_pool_2x2
                                           : layer_role::pool;

    static constexpr pooling op(shape in) { return {Kind, in, Options.window, Options.window, Options.stride, Options.pad}; }
    static constexpr bool accepts(shape in) {
        return in.height + 2 * Options.pad >= Options.window && in.width + 2 * Options.pad >= Options.window;
    }
    static constexpr shape output(shape in) { return op(in).out(); }

    template <class T, class B>
    static auto forward(layer_pass<T, B> const& p) {
        return pooling_forward<T>{.op = op(p.in()), .x = p.x, .y = p.y};
    }
    template <class T, class B>
    static auto backward(layer_pass<T, B> const& p) {
        return pooling_backward<T>{.op = op(p.in()), .x = p.x, .dy = p.dy, .dx = p.dx};
    }
};

template <int Window = 2, int Stride = Window, int Pad = 0>
struct max_pool : pool<pooling_kind::maximum, pool_options{Window, Stride, Pad}> {};

template <int Window = 2, int Stride = Window, int Pad = 0>
struct average_pool : pool<pooling_kind::average, pool_options{Window, Stride, Pad}> {};

/// The mean of each channel over the whole plane, whatever its size.
struct global_average_pool {
    static constexpr std::string_view kind = "global_average_pool";
    static constexpr layer_role role = layer_role::pool;

    static constexpr pooling op(shape in) { return {pooling_kind::average, in, in.height, in.width, 1, 0}; }
    static constexpr shape output(shape in) { return {in.channels, 1, 1}; }

    template <class T, class B>
    static auto forward(layer_pass<T, B> const& p) {
        return pooling_forward<T>{.op = op(p.in()), .x = p.x, .y = p.y};
    }
    template <class T, class B>
    static auto backward(layer_pass<T, B> const& p) {
        return pooling_backward<T>{.op = op(p.in()), .x = p.x, .dy = p.dy, .dx = p.dx};
    }
};

} // namespace mcfa
