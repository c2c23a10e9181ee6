// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/convolution/micro/micro_kernel.hpp>
#include <mcfa/backend/eigen/convolution/micro/weight_packing.hpp>
#include <mcfa/backend/eigen/convolution/winograd/tiles.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {

/// Values between the packed operands of two points, padded by a cache line as between planes of tiles.
template <class T, class S = T>
std::size_t winograd_weights_plane(correlation const& c) {
    return packed_size<T, S>(c.in.channels, c.out.channels) + 64 / sizeof(S);
}

/// Values of all transformed and packed weights.
template <int Outputs, class T, class S = T>
std::size_t winograd_weights_size(correlation const& c) {
    return winograd_tiles<Outputs>::points * winograd_weights_plane<T, S>(c);
}

/// G g G^T of every window, packed for `multiply`: one packed operand of (input channel, output channel) for each point.
/// `flipped` as `pack_window` has it. A work item is a panel, whose rows fill cache lines.
template <int Outputs, class T, class S, class Execution>
void transform_weights(Execution& run, correlation const& c, bool flipped, T const* weights, S* packed) {
    using tiles = winograd_tiles<Outputs>;
    constexpr int side = tiles::side;
    std::size_t const plane = winograd_weights_plane<T, S>(c);
    std::size_t const in = c.in.channels, out = c.out.channels;
    std::size_t const next_out = flipped ? 9 : in * 9, next_in = flipped ? out * 9 : 9; // between channels of the weights
    run.launch((c.out.channels + tile_columns<T> - 1) / tile_columns<T>, [&](std::int64_t index) {
        int const panel = static_cast<int>(index) * tile_columns<T>;
        int const columns = std::min(tile_columns<T>, c.out.channels - panel);
        int const width = whole_vectors<T>(columns);
        S* to = packed + panel * in;
        for (std::size_t i = 0; i < in; ++i, to += width)
            for (int first = 0; first < width; first += lanes<T>) {
                T window[9][lanes<T>] = {};
                T const* from = weights + (panel + first) * next_out + i * next_in;
                for (int j = 0; j < std::min(lanes<T>, columns - first); ++j, from += next_out)
                    for (int k = 0; k < 9; ++k) window[flipped ? 8 - k : k][j] = from[k];
                transform_plane<3, side, packet<T>>([&](int r, int s) { return load(window[r * 3 + s]); },
                                                    [](auto const& g, auto& u) { tiles::line::weights(g, u); },
                                                    [&](int r, int s, packet<T> const& v) {
                                                        S* const at = to + (r * side + s) * plane;
                                                        if constexpr (std::is_same_v<T, S>) store(at + first, v);
                                                        else
                                                            for (int j = 0; j < lanes<T>; ++j) at[first + j] = S(v[j]);
                                                    });
            }
    });
}

/// dweights = G^T du G, where du is the sum over groups; each holds for each point a matrix of (input channel, output channel)
/// with rows of whole vectors.
template <class T, class Execution>
void transform_weights_gradient(Execution& run, correlation const& c, std::size_t groups, T const* du, T* dweights) {
    using tiles = winograd_tiles<4>;
    constexpr int side = tiles::side;
    std::size_t const width = whole_vectors<T>(c.out.channels);
    std::size_t const plane = packed_size<T>(c.in.channels, c.out.channels);
    run.launch(whole_vectors<T>(c.out.channels) / lanes<T>, [&](std::int64_t index) {
        int const first = static_cast<int>(index) * lanes<T>;
        int const count = std::min(lanes<T>, c.out.channels - first);
        for (int i = 0; i < c.in.channels; ++i) {
            T const* const from = du + i * width + first;
            packet<T> sum[tiles::points];
            for (int e = 0; e < tiles::points; ++e) {
                T const* value = from + e * plane;
                sum[e] = load(value);
                for (std::size_t group = 1; group < groups; ++group) {
                    value += tiles::points * plane;
                    sum[e] += load(value);
                }
            }
            T window[9][lanes<T>];
            transform_plane<side, 3, packet<T>>([&](int r, int s) { return sum[r * side + s]; },
                                                [](auto const& u, auto& g) { tiles::line::weights_gradient(u, g); },
                                                [&](int r, int s, packet<T> const& v) { store(window[r * 3 + s], v); });
            for (int j = 0; j < count; ++j) {
                T* const to = dweights + (std::ptrdiff_t{first + j} * c.in.channels + i) * 9;
                for (int k = 0; k < 9; ++k) to[k] = window[k][j];
            }
        }
    });
}

} // namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS
