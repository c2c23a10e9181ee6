#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <mcfa/backend/eigen/micro_kernel.hpp>
#include <mcfa/backend/eigen/weight_packing.hpp>
#include <mcfa/backend/eigen/winograd_tiles.hpp>

namespace mcfa::backend::cpu {

/// Values of all transformed and packed weights.
template <int Outputs, class T>
std::size_t winograd_weights_size(correlation const& c) {
    return winograd_tiles<Outputs>::points * packed_size<T>(static_cast<std::size_t>(c.in.channels), c.out.channels);
}

/// G g G^T of every window, packed for `multiply`: one packed operand of (input channel, output channel) for each point.
/// `flipped` as `pack_window` has it.
template <int Outputs, class T, class Execution>
void transform_weights(Execution& run, correlation const& c, bool flipped, T const* weights, T* packed) {
    using tiles = winograd_tiles<Outputs>;
    constexpr int side = tiles::side;
    std::size_t const plane = packed_size<T>(static_cast<std::size_t>(c.in.channels), c.out.channels);
    int const vectors = whole_vectors<T>(c.out.channels) / lanes<T>;
    run.launch(vectors, [&](std::int64_t index) {
        int const first = static_cast<int>(index) * lanes<T>;
        int const count = std::min(lanes<T>, c.out.channels - first);
        int const panel = first / tile_columns<T> * tile_columns<T>;
        int const width = std::min(tile_columns<T>, whole_vectors<T>(c.out.channels) - panel);
        T* const column = packed + static_cast<std::size_t>(panel) * static_cast<std::size_t>(c.in.channels) + (first - panel);
        auto const step = static_cast<std::size_t>(flipped ? 9 : c.in.channels * 9); // between output channels of the weights
        for (int i = 0; i < c.in.channels; ++i) {
            T const* const from = weights + (flipped ? static_cast<std::size_t>(i) * static_cast<std::size_t>(c.out.channels * 9) +
                                                           static_cast<std::size_t>(first) * 9
                                                     : static_cast<std::size_t>(first) * step + static_cast<std::size_t>(i) * 9);
            T window[9][lanes<T>] = {};
            for (int j = 0; j < count; ++j)
                for (int k = 0; k < 9; ++k) window[flipped ? 8 - k : k][j] = from[static_cast<std::size_t>(j) * step + static_cast<std::size_t>(k)];
            T* const to = column + static_cast<std::size_t>(i * width);
            transform_plane<3, side, packet<T>>([&](int r, int s) { return load(window[r * 3 + s]); },
                                                [](auto const* g, auto* u) { tiles::line::weights(g, u); },
                                                [&](int r, int s, packet<T> const& v) { store(to + static_cast<std::size_t>(r * side + s) * plane, v); });
        }
    });
}

/// dweights = G^T du G, where du is the sum over groups; each holds for each point a matrix of (input channel, output channel)
/// with rows of whole vectors.
template <int Outputs, class T, class Execution>
void transform_weights_gradient(Execution& run, correlation const& c, std::size_t groups, T const* du, T* dweights) {
    using tiles = winograd_tiles<Outputs>;
    constexpr int side = tiles::side;
    auto const width = static_cast<std::size_t>(whole_vectors<T>(c.out.channels));
    std::size_t const plane = packed_size<T>(static_cast<std::size_t>(c.in.channels), c.out.channels);
    run.launch(whole_vectors<T>(c.out.channels) / lanes<T>, [&](std::int64_t index) {
        int const first = static_cast<int>(index) * lanes<T>;
        int const count = std::min(lanes<T>, c.out.channels - first);
        for (int i = 0; i < c.in.channels; ++i) {
            T const* const from = du + static_cast<std::size_t>(i) * width + static_cast<std::size_t>(first);
            T window[9][lanes<T>];
            transform_plane<side, 3, packet<T>>([&](int r, int s) {
                                                    T const* value = from + static_cast<std::size_t>(r * side + s) * plane;
                                                    packet<T> sum = load(value);
                                                    for (std::size_t group = 1; group < groups; ++group) {
                                                        value += tiles::points * plane;
                                                        sum += load(value);
                                                    }
                                                    return sum;
                                                },
                                                [](auto const* u, auto* g) { tiles::line::weights_gradient(u, g); },
                                                [&](int r, int s, packet<T> const& v) { store(window[r * 3 + s], v); });
            for (int j = 0; j < count; ++j) {
                T* const to = dweights + (static_cast<std::size_t>(first + j) * static_cast<std::size_t>(c.in.channels) + static_cast<std::size_t>(i)) * 9;
                for (int k = 0; k < 9; ++k) to[k] = window[k][j];
            }
        }
    });
}

} // namespace mcfa::backend::cpu
