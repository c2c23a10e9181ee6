// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/convolution/direct/correlation.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>
#include <mcfa/op/convolution.hpp>

#include <cstddef>

namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {

enum class convolution_algorithm { product, direct, winograd_2x2, winograd_4x4 };

/// Whether Winograd's algorithm can compute it.
inline bool suits_winograd(correlation const& c) { return c.kernel == 3 && c.stride == 1 && c.input_dilation == 1; }

/// Whether the window is one pixel, so that the convolution is a dense product of every pixel.
inline bool is_pixelwise(convolution const& op) { return op.kernel == 1 && op.stride == 1 && op.pad == 0; }

/// Whether the window is the full input, so that the convolution is a dense product of the input in the order of the weights:
/// (channel, y, x) in place of (y, x, channel).
inline bool has_full_window(convolution const& op) {
    return op.pad == 0 && op.kernel == op.in.height && op.kernel == op.in.width && op.kernel > 1;
}

/// Machine balance: multiply-adds per byte of weight traffic; about 90 GFLOP/s and 12 GB/s a core.
inline constexpr double multiply_adds_per_byte = 4;

/// The algorithm with the lowest estimated cost for a pass over `c` that belongs to `op`, with `batch` samples and weights of `bytes` each;
/// the estimate adds multiply-adds and weight traffic. With few channels Winograd's transforms cost more than the products they save.
inline convolution_algorithm choose(convolution const& op, correlation const& c, weights_form form, double batch, std::size_t bytes) {
    if (is_pixelwise(op) || has_full_window(op)) return convolution_algorithm::product;
    if (form == weights_form::lean || !suits_winograd(c) || c.in.channels < 12 || c.out.channels < 12) return convolution_algorithm::direct;
    auto const cost = [&](int outputs) { // for each pair of an input and an output channel
        int const points = (outputs + 2) * (outputs + 2);
        int const tiles = (c.out.height + outputs - 1) / outputs * ((c.out.width + outputs - 1) / outputs);
        return batch * tiles * points + multiply_adds_per_byte * points * static_cast<double>(bytes);
    };
    return cost(4) <= cost(2) ? convolution_algorithm::winograd_4x4 : convolution_algorithm::winograd_2x2;
}

} // namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS
