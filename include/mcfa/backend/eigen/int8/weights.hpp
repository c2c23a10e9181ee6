// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/arithmetic/int8.hpp>
#include <mcfa/backend/eigen/convolution/direct/correlation.hpp>
#include <mcfa/backend/eigen/int8/direct.hpp>
#include <mcfa/backend/eigen/int8/quad_kernel.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>
#include <mcfa/core/error.hpp>
#include <mcfa/core/raise.hpp>
#include <mcfa/op/int8.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {

/// Rounds the weights of output o to 8 bits: `to[i]` for the i-th of them in their stored order; sets its start and scale.
template <class To>
void quantise_output(int8_unit_preparation<float> const& p, std::size_t o, To const& to) {
    row<float const> const weights = p.weights[o].flat();
    float const bias = p.bias.empty() ? 0.0f : p.bias[o];
    double const scale = arithmetic::int8_weight_scale(weights.span(), bias, p.given.scale);
    if (!std::isfinite(scale)) raise(option_error({"arithmetic in int8: output ", o, " has a weight or a bias that is not finite"}));
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        std::int8_t const q = arithmetic::int8_weight(weights[i], scale);
        to(i) = {q};
        sum += q;
    }
    p.starts[o] = static_cast<std::int32_t>(arithmetic::int8_bias(bias, p.given.scale, scale) - p.given.zero * sum);
    p.scales[o] = static_cast<float>(static_cast<double>(p.given.scale) * scale);
}

/// Packs the window's weights for `multiply_quads`: within a panel (ky, four of the values under the window's row, output channel, 4).
template <class Execution>
void pack_window_in_quads(Execution& run, correlation const& c, int8_unit_preparation<float> const& p) {
    int const quads = window_quads(c), outputs = c.out.channels, area = c.kernel * c.kernel;
    std::size_t const height = static_cast<std::size_t>(c.kernel) * quads * 4;
    std::fill(p.prepared.begin(), p.prepared.end(), int8{});
    run.launch(outputs, [&](std::int64_t o) {
        int const panel_first = static_cast<int>(o) / quad_columns * quad_columns; // then narrower ones, down to one vector
        int first = panel_first, width = 0;
        for (;; first += width) {
            width = panel_vectors((outputs - first + lanes<float> - 1) / lanes<float>) * lanes<float>;
            if (o < first + width) break;
        }
        int8* const panel = p.prepared.data() + height * first;
        quantise_output(p, static_cast<std::size_t>(o), [&](std::size_t i) -> int8& { // i = (channel, ky, kx)
            int const channel = static_cast<int>(i) / area, ky = static_cast<int>(i) % area / c.kernel, kx = static_cast<int>(i) % c.kernel;
            int const k = kx * c.in.channels + channel;
            return panel[((static_cast<std::size_t>(ky) * quads + k / 4) * width + (o - first)) * 4 + k % 4];
        });
    });
}

/// Weights of a window that covers the whole plane, each output's in the order of the input, (y, x, channel).
template <class Execution>
void lay_full_window_in_quads(Execution& run, convolution const& op, int8_unit_preparation<float> const& p) {
    std::size_t const channels = op.in.channels, area = op.in.pixels();
    run.launch(op.out_channels, [&](std::int64_t o) {
        int8* const to = p.prepared.data() + o * channels * area;
        quantise_output(p, static_cast<std::size_t>(o), [&](std::size_t i) -> int8& { return to[i % area * channels + i / area]; });
    });
}

} // namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS
