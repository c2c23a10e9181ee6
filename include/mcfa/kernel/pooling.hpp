#pragma once

#include <algorithm>
#include <cstddef>

#include <mcfa/op/pooling.hpp>

namespace mcfa::arithmetic {

/// The rows top .. bottom - 1 and columns left .. right - 1 of the input that one output pixel sees; never empty where the
/// padding is smaller than the window.
struct pooling_window {
    int top;
    int bottom;
    int left;
    int right;

    constexpr pooling_window(pooling op, int out_y, int out_x)
        : top(std::max(out_y * op.stride - op.pad, 0)),
          bottom(std::min(out_y * op.stride - op.pad + op.window_height, op.in.height)),
          left(std::max(out_x * op.stride - op.pad, 0)),
          right(std::min(out_x * op.stride - op.pad + op.window_width, op.in.width)) {}

    constexpr int count() const { return (bottom - top) * (right - left); }
};

/// Where the channels of pixel (y, x) begin.
constexpr std::size_t pixel_offset(shape s, int y, int x) {
    return (static_cast<std::size_t>(y) * static_cast<std::size_t>(s.width) + static_cast<std::size_t>(x)) *
           static_cast<std::size_t>(s.channels);
}

/// True where `x` takes the place of the maximum so far: greater, or not a number.
template <class T>
constexpr bool exceeds(T x, T best) {
    return (x > best) | (x != x);
}

/// Channels first .. last - 1 of one output pixel; `x` is the sample, `y` the output pixel.
template <class T>
constexpr void maximum_of_window(pooling op, pooling_window w, T const* x, T* __restrict y, int first, int last) {
    T const* __restrict start = x + pixel_offset(op.in, w.top, w.left);
    for (int c = first; c < last; ++c) y[c] = start[c];
    for (int iy = w.top; iy < w.bottom; ++iy)
        for (int ix = w.left; ix < w.right; ++ix) {
            T const* __restrict pixel = x + pixel_offset(op.in, iy, ix);
            for (int c = first; c < last; ++c) y[c] = exceeds(pixel[c], y[c]) ? pixel[c] : y[c];
        }
}

template <class T>
constexpr void mean_of_window(pooling op, pooling_window w, T const* x, T* __restrict y, int first, int last) {
    for (int c = first; c < last; ++c) y[c] = T(0);
    for (int iy = w.top; iy < w.bottom; ++iy)
        for (int ix = w.left; ix < w.right; ++ix) {
            T const* __restrict pixel = x + pixel_offset(op.in, iy, ix);
            for (int c = first; c < last; ++c) y[c] += pixel[c];
        }
    T const share = T(1) / static_cast<T>(w.count());
    for (int c = first; c < last; ++c) y[c] *= share;
}

/// The gradient of one output pixel's maximum: `dy` goes to the first maximum of each channel. `Overlapping` windows add to
/// dx, others overwrite their part of it. The place of the maximum is found again rather than stored by the forward pass.
template <bool Overlapping, class T>
constexpr void maximum_of_window_gradient(pooling op, pooling_window w, T const* x, T const* __restrict dy, T* __restrict dx,
                                          int first, int last) {
    constexpr int block = 64;
    T best[block]{};
    int place[block]{};
    for (int begin = first; begin < last; begin += block) {
        int const count = std::min(block, last - begin);
        T const* __restrict start = x + pixel_offset(op.in, w.top, w.left) + begin;
        for (int c = 0; c < count; ++c) {
            best[c] = start[c];
            place[c] = 0;
        }
        int tap = 0;
        for (int iy = w.top; iy < w.bottom; ++iy)
            for (int ix = w.left; ix < w.right; ++ix, ++tap) {
                T const* __restrict pixel = x + pixel_offset(op.in, iy, ix) + begin;
                for (int c = 0; c < count; ++c) {
                    bool const taken = exceeds(pixel[c], best[c]);
                    place[c] = taken ? tap : place[c];
                    best[c] = taken ? pixel[c] : best[c];
                }
            }
        tap = 0;
        for (int iy = w.top; iy < w.bottom; ++iy)
            for (int ix = w.left; ix < w.right; ++ix, ++tap) {
                T* __restrict pixel = dx + pixel_offset(op.in, iy, ix) + begin;
                for (int c = 0; c < count; ++c) {
                    T const gradient = place[c] == tap ? dy[begin + c] : T(0);
                    pixel[c] = Overlapping ? pixel[c] + gradient : gradient;
                }
            }
    }
}

template <bool Overlapping, class T>
constexpr void mean_of_window_gradient(pooling op, pooling_window w, T const* __restrict dy, T* __restrict dx, int first,
                                       int last) {
    T const share = T(1) / static_cast<T>(w.count());
    for (int iy = w.top; iy < w.bottom; ++iy)
        for (int ix = w.left; ix < w.right; ++ix) {
            T* __restrict pixel = dx + pixel_offset(op.in, iy, ix);
            for (int c = first; c < last; ++c) pixel[c] = Overlapping ? pixel[c] + dy[c] * share : dy[c] * share;
        }
}

} // namespace mcfa::arithmetic
