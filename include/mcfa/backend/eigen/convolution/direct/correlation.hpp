// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/convolution/direct/pixel_source.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>
#include <mcfa/core/shape.hpp>
#include <mcfa/op/convolution.hpp>

#include <algorithm>
#include <cstddef>

namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {

/// A correlation of a source with zeros around and between its pixels: what a convolution's forward pass and its gradient by
/// the input have in common. Source pixel (y, x) stands at (before + y * input_dilation, before + x * input_dilation) of the grid over which
/// the window moves by `stride`; `before` may be negative, and then the source is cropped.
struct correlation {
    shape in;
    shape out;
    int kernel;
    int stride;
    int before;
    int input_dilation;

    /// Height of the part of the grid that windows cover.
    int grid_height() const { return (out.height - 1) * stride + kernel; }
    int grid_width() const { return (out.width - 1) * stride + kernel; }
    /// Whether the source itself can serve as the grid.
    bool plain() const { return before == 0 && input_dilation == 1 && grid_height() <= in.height && grid_width() <= in.width; }
    /// Values summed for one output value.
    std::size_t depth() const { return shape{in.channels, kernel, kernel}.size(); }
};

inline correlation forward_correlation(convolution const& op) { return {op.in, op.out(), op.kernel, op.stride, op.pad, 1}; }

/// dx is the correlation of dy, `stride` apart, with the flipped window that maps output channels to input channels.
inline correlation input_gradient_correlation(convolution const& op) {
    return {op.out(), op.in, op.kernel, 1, op.kernel - 1 - op.pad, op.stride};
}

/// Rows first .. first + rows - 1 of the grid, with its zeros, from sample n of x.
template <class T>
void lay_grid_rows(correlation const& c, pixel_source<T> const& x, std::size_t n, int first, int rows, T* grid) {
    std::size_t const channels = c.in.channels;
    int const width = c.grid_width();
    std::size_t const line = width * channels;
    for (int r = 0; r < rows; ++r, grid += line) {
        int const y = first + r - c.before;
        if (y < 0 || y % c.input_dilation != 0 || y / c.input_dilation >= c.in.height) {
            std::fill_n(grid, line, T(0));
            continue;
        }
        if (c.input_dilation == 1) {
            int const begin = std::clamp(c.before, 0, width);
            int const end = std::clamp(c.before + c.in.width, begin, width);
            std::fill_n(grid, begin * channels, T(0));
            x.read(n, y, begin - c.before, end - begin, grid + begin * channels);
            std::fill_n(grid + end * channels, (width - end) * channels, T(0));
        } else {
            std::fill_n(grid, line, T(0));
            int const cropped = c.before < 0 ? (c.input_dilation - 1 - c.before) / c.input_dilation : 0;
            for (int sx = cropped; sx < c.in.width && c.before + sx * c.input_dilation < width; ++sx)
                x.read(n, y / c.input_dilation, sx, 1, grid + (c.before + sx * c.input_dilation) * channels);
        }
    }
}

} // namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS
