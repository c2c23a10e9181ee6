// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/op/pooling.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace mcfa::arithmetic {

/// The rows top .. bottom - 1 and columns left .. right - 1 of the input that an output pixel reads; never empty if the padding is smaller
/// than the window.
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
constexpr std::size_t pixel_offset(shape s, int y, int x) { return (static_cast<std::size_t>(y) * s.width + x) * s.channels; }

/// True if `x` becomes the new maximum: greater, or NaN.
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

/// Running maxima of some channels of a window.
template <class T>
struct found_maxima {
    static constexpr int block = 64; ///< channels at most
    T value[block];
    int place[block]; ///< number of the pixel within the window, in reading order
};

template <class T>
constexpr void consider(int tap, int count, T const* __restrict pixel, T* __restrict value, int* __restrict place) {
    for (int c = 0; c < count; ++c) {
        bool const taken = exceeds(pixel[c], value[c]);
        place[c] = taken ? tap : place[c];
        value[c] = taken ? pixel[c] : value[c];
    }
}

template <bool Overlapping, class T>
constexpr void send_to_place(int tap, int count, int const* __restrict place, T const* __restrict dy, T* __restrict dx) {
    for (int c = 0; c < count; ++c) {
        T const share = static_cast<T>(static_cast<int>(place[c] == tap)); // selecting between loads would prevent vectorisation
        dx[c] = Overlapping ? dx[c] + share * dy[c] : share * dy[c];
    }
}

/// The gradient of one output pixel's maximum: `dy` goes to the first maximum of each channel. `Overlapping` windows add to dx, others
/// overwrite their part of it. The position of the maximum is recomputed, not stored by the forward pass.
template <bool Overlapping, class T>
constexpr void maximum_of_window_gradient(pooling op, pooling_window w, T const* x, T const* dy, T* dx, int first, int last) {
    found_maxima<T> found;
    for (int begin = first; begin < last; begin += found.block) {
        int const count = std::min(found.block, last - begin);
        T const* const start = x + pixel_offset(op.in, w.top, w.left) + begin;
        for (int c = 0; c < count; ++c) {
            found.value[c] = start[c];
            found.place[c] = 0;
        }
        int tap = 0;
        for (int iy = w.top; iy < w.bottom; ++iy)
            for (int ix = w.left; ix < w.right; ++ix)
                consider(tap++, count, x + pixel_offset(op.in, iy, ix) + begin, found.value, found.place);
        tap = 0;
        for (int iy = w.top; iy < w.bottom; ++iy)
            for (int ix = w.left; ix < w.right; ++ix)
                send_to_place<Overlapping>(tap++, count, found.place, dy + begin, dx + pixel_offset(op.in, iy, ix) + begin);
    }
}

/// The same for a complete, non-overlapping 2x2 window, by far the most frequent: its `count` channels at x, the pixels two and two in rows
/// `row` values apart, the two `column` apart.
template <class T>
constexpr void max_pool_2x2_gradient(int count, std::size_t row, std::size_t column, T const* __restrict x, T const* __restrict dy,
                                     T* __restrict dx) {
    for (int c = 0; c < count; ++c) {
        std::size_t const at = c;
        T const first = x[at];
        T const second = x[at + column];
        T const third = x[at + row];
        T const fourth = x[at + row + column];
        int const second_taken = exceeds(second, first);
        T const upper = second_taken ? second : first;
        int const third_taken = exceeds(third, upper);
        T const most = third_taken ? third : upper;
        int const fourth_taken = exceeds(fourth, most);
        int const upper_stays = (1 - third_taken) * (1 - fourth_taken);
        dx[at] = dy[at] * static_cast<T>((1 - second_taken) * upper_stays);
        dx[at + column] = dy[at] * static_cast<T>(second_taken * upper_stays);
        dx[at + row] = dy[at] * static_cast<T>(third_taken * (1 - fourth_taken));
        dx[at + row + column] = dy[at] * static_cast<T>(fourth_taken);
    }
}

/// Marks a maximum that the rectifier set to 0, so that no gradient passes; the four pixels of a window are 0 to 3.
inline constexpr std::uint8_t no_argmax = 4;

/// The maxima of a whole 2x2 window of a `convolution_unit`, laid out as above, and their pixel numbers if `argmax` is given. If
/// `rectified`, no value is negative.
template <class T>
constexpr void max_pool_2x2(std::size_t count, std::size_t row, std::size_t column, T const* x, bool rectified, T* y,
                            std::uint8_t* argmax) {
    for (std::size_t c = 0; c < count; ++c) {
        T best = x[c];
        std::uint8_t place = 0;
        std::size_t const others[] = {c + column, c + row, c + row + column};
        for (std::uint8_t i = 0; i < 3; ++i)
            if (exceeds(x[others[i]], best)) {
                best = x[others[i]];
                place = static_cast<std::uint8_t>(i + 1);
            }
        y[c] = best;
        if (argmax) argmax[c] = rectified && best <= T(0) ? no_argmax : place;
    }
}

template <bool Overlapping, class T>
constexpr void mean_of_window_gradient(pooling op, pooling_window w, T const* __restrict dy, T* __restrict dx, int first, int last) {
    T const share = T(1) / static_cast<T>(w.count());
    for (int iy = w.top; iy < w.bottom; ++iy)
        for (int ix = w.left; ix < w.right; ++ix) {
            T* __restrict pixel = dx + pixel_offset(op.in, iy, ix);
            for (int c = first; c < last; ++c) pixel[c] = Overlapping ? pixel[c] + dy[c] * share : dy[c] * share;
        }
}

/// True if (y, x) holds channel c's first maximum in the window.
template <class T>
constexpr bool is_first_maximum(pooling op, pooling_window w, T const* x, int y, int column, int c) {
    T most = x[pixel_offset(op.in, w.top, w.left) + c];
    int most_y = w.top, most_x = w.left;
    for (int iy = w.top; iy < w.bottom; ++iy)
        for (int ix = w.left; ix < w.right; ++ix) {
            T const value = x[pixel_offset(op.in, iy, ix) + c];
            if (!exceeds(value, most)) continue;
            most = value;
            most_y = iy;
            most_x = ix;
        }
    return most_y == y && most_x == column;
}

/// One value of the input's gradient, (y, x, c), gathered from all windows that contain it. `sample` and `dy` are those of one sample.
template <class T>
constexpr T pooled_gradient_at(pooling op, shape out, T const* sample, T const* dy, int y, int x, int c) {
    auto const first = [&](int i, int window) { // the first window that contains i
        int const reach = i + op.pad - window + 1;
        return reach <= 0 ? 0 : (reach + op.stride - 1) / op.stride;
    };
    T sum = T(0);
    for (int oy = first(y, op.window_height); oy < out.height && oy * op.stride - op.pad <= y; ++oy)
        for (int ox = first(x, op.window_width); ox < out.width && ox * op.stride - op.pad <= x; ++ox) {
            pooling_window const w(op, oy, ox);
            T const gradient = dy[pixel_offset(out, oy, ox) + c];
            if (op.kind == pooling_kind::average) sum += gradient * (T(1) / static_cast<T>(w.count()));
            else if (is_first_maximum(op, w, sample, y, x, c)) sum += gradient;
        }
    return sum;
}

} // namespace mcfa::arithmetic
