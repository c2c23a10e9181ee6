#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <mcfa/backend/eigen/outer_kernel.hpp>
#include <mcfa/backend/eigen/weight_packing.hpp>
#include <mcfa/backend/eigen/winograd_tiles.hpp>
#include <mcfa/backend/eigen/winograd_weights.hpp>

namespace mcfa::backend::cpu {

/// Gradient of a forward 3x3 correlation of stride 1 by its weights, the derivative of Winograd's algorithm: for each point the
/// product of the transformed input with the transformed gradient of the output, summed over tiles, and one transform at the end.
/// Blocks of tiles follow one another and share one sum; threads divide a block's tiles, then its points, so that every sum has
/// the same order on any number of threads.
template <int Outputs, class T, class Execution>
void weight_gradient_by_winograd(Execution& run, correlation const& c, int batch, T const* x, T const* dy, T* dweights) {
    using tiles = winograd_tiles<Outputs>;
    constexpr std::size_t block_bytes = std::size_t{4} << 20; // of the third-level cache
    constexpr int tiles_at_once = 8;
    tiles const cut{c};
    std::size_t const count = cut.count(batch);
    int const in = whole_vectors<T>(c.in.channels);
    int const out = whole_vectors<T>(c.out.channels);
    std::size_t const fitting = block_bytes / (tiles::points * static_cast<std::size_t>(in + out) * sizeof(T));
    std::size_t const blocks = (count - 1) / std::max<std::size_t>(fitting, 96) + 1;
    std::size_t const block = (count - 1) / blocks + 1;
    std::size_t const in_plane = tiles::template plane<T>(static_cast<int>(block), c.in.channels);
    std::size_t const out_plane = tiles::template plane<T>(static_cast<int>(block), c.out.channels);
    std::size_t const sum_plane = packed_size<T>(static_cast<std::size_t>(c.in.channels), c.out.channels);
    auto const transformed = run.template scratch<T>(thread_slot, tiles::points * (in_plane + out_plane));
    auto const sums = run.template scratch<T>(partial_sums_slot, tiles::points * sum_plane);
    auto const zeros = run.template scratch<T>(rearranged_slot, static_cast<std::size_t>(in));
    std::fill(zeros.begin(), zeros.end(), T(0));
    T* const inputs = transformed.data();
    T* const gradients = inputs + tiles::points * in_plane;
    for (std::size_t first = 0; first < count; first += block) {
        auto const here = static_cast<int>(std::min(block, count - first));
        run.launch((here + tiles_at_once - 1) / tiles_at_once, [&](std::int64_t item) {
            int const begin = static_cast<int>(item) * tiles_at_once;
            for (int t = begin; t < std::min(here, begin + tiles_at_once); ++t) {
                auto const place = cut.at(first + static_cast<std::size_t>(t));
                cut.transform_input(place, x, zeros.data(), inputs + static_cast<std::ptrdiff_t>(t) * in, in_plane);
                cut.transform_output_gradient(place, dy, gradients + static_cast<std::ptrdiff_t>(t) * out, out_plane);
            }
        });
        run.launch(tiles::points, [&](std::int64_t e) {
            outer_product<T> p{};
            p.a = inputs + static_cast<std::size_t>(e) * in_plane;
            p.a_step = in;
            p.b_step = out;
            p.lines = 1;
            p.steps = here;
            p.c_stride = out;
            p.add = first > 0;
            for_each_panel<T>(out, [&](int column, int columns, auto vectors) {
                p.b = gradients + static_cast<std::size_t>(e) * out_plane + column;
                p.c = sums.data() + static_cast<std::size_t>(e) * sum_plane + column;
                p.columns = columns;
                outer_panel<decltype(vectors)::value>(c.in.channels, p);
            });
        });
    }
    transform_weights_gradient<Outputs>(run, c, static_cast<T const*>(sums.data()), dweights);
}

} // namespace mcfa::backend::cpu
