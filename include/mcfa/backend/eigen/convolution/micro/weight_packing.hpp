// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/convolution/direct/correlation.hpp>
#include <mcfa/backend/eigen/convolution/micro/micro_kernel.hpp>
#include <mcfa/backend/eigen/convolution/micro/stored.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {

// Scratch memory.
struct packed_weights {};
struct packed_bias {};
struct thread_own {};     // each thread: the operands of its tile
struct thread_patches {}; // each thread: patches of the input
struct partial_sums {};
struct turned_operand {}; // an operand in the other order
struct laid_gradient_matrix {};
struct bias_partials {};

/// Values of the packed operand of a product with `columns` columns and `height` rows.
template <class T, class S = T>
std::size_t packed_size(std::size_t height, int columns) {
    return height * whole_vectors<T>(columns);
}

/// Packs the window's weights for `multiply`: panels of output channels, within each (ky, kx, input channel, output channel).
/// `flipped` takes the weights of the gradient by the input: turned by 180 degrees, the op's output channels as input.
template <class T, class S, class Execution>
void pack_window(Execution& run, correlation const& c, bool flipped, T const* weights, S* packed) {
    int const area = c.kernel * c.kernel;
    std::size_t const height = c.depth();
    int const panels = (c.out.channels + tile_columns<T> - 1) / tile_columns<T>;
    run.launch(panels, [&](std::int64_t index) {
        int const first = static_cast<int>(index) * tile_columns<T>;
        int const columns = std::min(tile_columns<T>, c.out.channels - first);
        int const width = whole_vectors<T>(columns);
        S* const panel = packed + height * first;
        for (int i = 0; i < c.in.channels; ++i)
            for (int j = 0; j < width; ++j) {
                S* to = panel + i * width + j;
                auto const step = static_cast<std::ptrdiff_t>(c.in.channels) * width;
                if (j >= columns) {
                    for (int k = 0; k < area; ++k) to[k * step] = S(T(0));
                    continue;
                }
                int const o = first + j;
                std::ptrdiff_t const row = flipped ? i * c.out.channels + o : o * c.in.channels + i;
                T const* const from = weights + row * area;
                for (int k = 0; k < area; ++k) to[k * step] = S(from[flipped ? area - 1 - k : k]);
            }
    });
}

/// `bias` on whole vectors, zero beyond; null stays null.
template <class T, class Execution>
T const* pack_bias(Execution& run, int columns, T const* bias) {
    if (!bias) return nullptr;
    auto const packed = run.template scratch<T>(packed_bias{}, whole_vectors<T>(columns));
    std::fill(std::copy_n(bias, columns, packed.begin()), packed.end(), T(0));
    return packed.data();
}

} // namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS
