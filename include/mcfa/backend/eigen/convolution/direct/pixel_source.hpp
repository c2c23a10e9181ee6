// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/vector_width.hpp>
#include <mcfa/core/shape.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {

/// The input of a pass over a batch: plain activations, or the gradient of a convolution's result, computed on reading through the
/// rectifier and the 2x2 maximum, so that it is never stored.
template <class T>
struct pixel_source {
    shape plane;                ///< of one sample as it is read
    T const* values = nullptr;  ///< that plane, or the gradient of the maxima if `argmax` is given
    T const* outputs = nullptr; ///< results of the rectifier: zero is read where they are not positive
    std::uint8_t const* argmax =
        nullptr; ///< number, 0 to 3 in reading order, of each window's pixel that was the maximum, or `arithmetic::no_argmax`

    /// Whether memory holds what is read.
    bool plain() const { return !outputs && !argmax; }
    shape pooled() const { return {plane.channels, plane.height / 2, plane.width / 2}; }

    T const* sample(std::size_t n) const { return values + n * (argmax ? pooled() : plane).size(); }

    /// Pixels first .. first + count - 1 of row `y` of sample n, to places `stride` values apart.
    void read(std::size_t n, int y, int first, int count, T* to, std::size_t stride) const {
        std::size_t const channels = plane.channels;
        if (!argmax) {
            std::size_t const begin = n * plane.size() + (y * plane.width + first) * channels;
            bool const dense = stride == channels;
            std::size_t const size = dense ? count * channels : channels;
            for (std::size_t i = 0, pieces = dense ? 1 : count; i < pieces; ++i) {
                if (outputs) read_rectified(size, values + begin + i * channels, outputs + begin + i * channels, to + i * stride);
                else std::copy_n(values + begin + i * channels, size, to + i * stride);
            }
            return;
        }
        shape const small = pooled();
        int const last = first + count, row = y % 2 * 2;
        for (int x = first; x < last;) {
            bool const both = x % 2 == 0 && x + 1 < last; // of the two columns of a window
            if (y / 2 >= small.height || x / 2 >= small.width) {
                std::fill_n(to, channels, T(0));
                to += stride, ++x;
                continue;
            }
            std::size_t const cell = n * small.size() + (y / 2 * small.width + x / 2) * channels;
            if (both) read_pair(channels, row, values + cell, argmax + cell, to, to + stride);
            else read_pixel(channels, row + x % 2, values + cell, argmax + cell, to);
            int const done = both ? 2 : 1;
            to += done * stride, x += done;
        }
    }
    /// The same, pixel after pixel.
    void read(std::size_t n, int y, int first, int count, T* to) const { read(n, y, first, count, to, plane.channels); }

private:
    // Functions of their own, because `__restrict` holds for parameters.
    static void read_rectified(std::size_t size, T const* __restrict gradient, T const* __restrict output, T* __restrict to) {
        for (std::size_t i = 0; i < size; ++i) to[i] = output[i] <= T(0) ? T(0) : gradient[i];
    }
    static void read_pair(std::size_t size, int pixel, T const* __restrict gradient, std::uint8_t const* __restrict argmax,
                          T* __restrict to, T* __restrict next) {
        for (std::size_t i = 0; i < size; ++i) {
            int const at = static_cast<int>(argmax[i]);
            to[i] = at == pixel ? gradient[i] : T(0);
            next[i] = at == pixel + 1 ? gradient[i] : T(0);
        }
    }
    static void read_pixel(std::size_t size, int pixel, T const* __restrict gradient, std::uint8_t const* __restrict argmax,
                           T* __restrict to) {
        for (std::size_t i = 0; i < size; ++i) to[i] = static_cast<int>(argmax[i]) == pixel ? gradient[i] : T(0);
    }
};

/// Activations as they stand.
template <class T>
pixel_source<T> plain_source(shape plane, T const* values) {
    return {plane, values, nullptr, nullptr};
}

} // namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS
