// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/bfloat16/direct.hpp>
#include <mcfa/backend/eigen/bfloat16/maxima.hpp>
#include <mcfa/backend/eigen/bfloat16/pair_kernel.hpp>
#include <mcfa/backend/eigen/convolution/direct/correlation.hpp>
#include <mcfa/backend/eigen/convolution/micro/epilogue.hpp>
#include <mcfa/backend/eigen/convolution/winograd/transform.hpp>
#include <mcfa/backend/eigen/convolution/winograd/weights.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>
#include <mcfa/core/narrow_float.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

// Winograd's algorithm on activations in bfloat16, as winograd/forward.hpp has it for scalars. Transforms compute in float. On tiles of 2x2 outputs
// their results are rounded to bfloat16 for products of pairs: a transform adds four values, so rounding costs little more than that of
// the activations. On tiles of 4x4 it would cost ten times as much, so those are multiplied in float, by weights in float16.
namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {

/// The factors of the products.
template <int Outputs>
using winograd_factor = std::conditional_t<Outputs == 2, bfloat16, float>;

/// Values between the packed operands of two points: weights of one point, and a cache line.
inline std::size_t paired_point_size(correlation const& c) {
    return pair_panel_size(paired(c.in.channels), c.out.channels) + 64 / sizeof(bfloat16);
}

template <int Outputs>
std::size_t narrow_winograd_size(correlation const& c) {
    if constexpr (Outputs == 2) return winograd_tiles<2>::points * paired_point_size(c);
    else return winograd_weights_size<4, float, float16>(c);
}

/// G g G^T of every window, packed for the products. float16 has the size of bfloat16, and is kept in its place.
template <int Outputs, class Execution>
void transform_narrow_weights(Execution& run, correlation const& c, float const* weights, bfloat16* packed) {
    if constexpr (Outputs == 4) {
        return transform_weights<4>(run, c, false, weights, reinterpret_cast<float16*>(packed));
    } else {
        using tiles = winograd_tiles<2>;
        std::size_t const in = c.in.channels, inputs = paired(c.in.channels), plane = paired_point_size(c);
        run.launch((c.out.channels + pair_columns - 1) / pair_columns, [&](std::int64_t index) {
            int const first = static_cast<int>(index) * pair_columns;
            int const columns = std::min(pair_columns, c.out.channels - first), width = whole_vectors<float>(columns);
            bfloat16* const panel = packed + inputs * first;
            for (std::size_t i = 0; i < inputs; ++i)
                for (int j = 0; j < width; ++j) {
                    float window[9] = {};
                    if (i < in && j < columns) std::copy_n(weights + ((first + j) * in + i) * 9, 9, window);
                    bfloat16* const to = panel + (i / 2 * width + j) * 2 + i % 2;
                    transform_plane<3, tiles::side, float>([&](int r, int s) { return window[r * 3 + s]; },
                                                           [](auto const& g, auto& u) { tiles::line::weights(g, u); },
                                                           [&](int r, int s, float v) { to[(r * tiles::side + s) * plane] = bfloat16(v); });
                }
        });
    }
}

/// Tiles of Outputs x Outputs output pixels of activations in bfloat16.
template <int Outputs>
struct narrow_tiles {
    using scalar_tiles = winograd_tiles<Outputs>;
    using line = typename scalar_tiles::line;
    static constexpr int side = scalar_tiles::side, points = scalar_tiles::points;

    correlation c;
    scalar_tiles places{c};

    /// Scratch values of a transform, for tiles that memory does not hold as whole vectors.
    std::size_t patch() const { return points * whole_vectors<float>(std::max(c.in.channels, c.out.channels)); }

    /// B^T d B of one tile's input, all channels: value of point e and channel i to planes[e * plane + i].
    void transform_input(std::size_t tile, bfloat16 const* x, bfloat16* patch, winograd_factor<Outputs>* planes, std::size_t plane) const {
        auto const place = places.at(tile);
        auto const d = window(x + place.sample * c.in.size(), place.y - c.before, place.x - c.before, patch);
        for (int i = 0; i < c.in.channels; i += lanes<float>) {
            grid_rows<side, bfloat16 const> const in{d.first + i, d.row, d.pixel};
            auto* next = planes + i;
            transform_plane<side, side, packet<float>>(
                [&](int r, int s) __attribute__((always_inline)) { return load_wide(in.at(r, s)); },
                [](auto const& given, auto& t) __attribute__((always_inline)) { line::input(given, t); },
                [&](int, int, packet<float> const& v) __attribute__((always_inline)) { store_sums(next, v), next += plane; });
        }
    }

    /// What follows A^T m A for one tile, all channels, clipped to the image.
    void transform_output(std::size_t tile, float const* planes, std::size_t plane, narrow_end const& end, bfloat16* patch,
                          bfloat16* y) const {
        auto const place = places.at(tile);
        int const shrink = end.pooled ? 2 : 1, given = Outputs / shrink;
        shape const out{c.out.channels, c.out.height / shrink, c.out.width / shrink};
        int const top = place.y / shrink, left = place.x / shrink;
        int const rows = std::min(given, out.height - top), columns = std::min(given, out.width - left);
        if (rows <= 0 || columns <= 0) return;
        bfloat16* const corner = y + place.sample * out.size() + (static_cast<std::size_t>(top) * out.width + left) * out.channels;
        bool const direct = rows == given && columns == given && out.channels % lanes<float> == 0;
        std::ptrdiff_t const pixel = direct ? out.channels : whole_vectors<float>(out.channels);
        pixel_grid<bfloat16> const to =
            direct ? pixel_grid<bfloat16>{corner, out.width * pixel, pixel} : pixel_grid<bfloat16>{patch, given * pixel, pixel};
        packet<float> const floor = broadcast(end.floor());
        for (int o = 0; o < out.channels; o += lanes<float>) {
            packet<float> const start = end.bias ? load(end.bias + o) : packet<float>{};
            packet<float> value[Outputs][Outputs];
            auto const step = static_cast<std::ptrdiff_t>(plane);
            grid_rows<side, float const> const in{planes + o, side * step, step};
            transform_plane<side, Outputs, packet<float>>([&](int r, int s) __attribute__((always_inline)) { return load(in.at(r, s)); },
                                                          [](auto const& m, auto& t) __attribute__((always_inline)) { line::output(m, t); },
                                                          [&](int r, int s, packet<float> const& v) __attribute__((always_inline)) {
                                                              packet<float> const sum = v + start;
                                                              value[r][s] = sum < floor ? floor : sum;
                                                          });
            finish(value, end.pooled, to, o, std::make_index_sequence<Outputs * Outputs>{},
                   std::make_index_sequence<Outputs * Outputs / 4>{});
        }
        for (int r = 0; r < rows && !direct; ++r)
            for (int s = 0; s < columns; ++s)
                std::copy_n(to.at(r, s), out.channels, corner + (static_cast<std::size_t>(r) * out.width + s) * out.channels);
    }

private:
    /// Stores a tile, or its 2x2 maxima.
    template <std::size_t... I, std::size_t... Quad>
    [[gnu::always_inline]] static void finish(packet<float> const (&value)[Outputs][Outputs], bool pooled, pixel_grid<bfloat16> const& to,
                                              int channel, std::index_sequence<I...>, std::index_sequence<Quad...>) {
        constexpr int half = Outputs / 2;
        auto const quad = [&](auto const r, auto const s) __attribute__((always_inline)) {
            store_narrow(to.at(static_cast<int>(r), static_cast<int>(s)) + channel,
                         larger_or_nan(larger_or_nan(larger_or_nan(value[2 * r][2 * s], value[2 * r][2 * s + 1]), value[2 * r + 1][2 * s]),
                                       value[2 * r + 1][2 * s + 1]));
        };
        if (pooled) (quad(Quad / half, Quad % half), ...);
        else
            (store_narrow(to.at(static_cast<int>(I) / Outputs, static_cast<int>(I) % Outputs) + channel, value[I / Outputs][I % Outputs]),
             ...);
    }

    /// side x side pixels of a sample from (y, x) on, in whole vectors: in place, or a copy in `patch` padded with zeros.
    pixel_grid<bfloat16 const> window(bfloat16 const* sample, int y, int x, bfloat16* patch) const {
        shape const s = c.in;
        std::ptrdiff_t const pixel = whole_vectors<float>(s.channels);
        if (y >= 0 && x >= 0 && y + side <= s.height && x + side <= s.width && s.channels == pixel)
            return {sample + (static_cast<std::ptrdiff_t>(y) * s.width + x) * pixel, s.width * pixel, pixel};
        int const left = std::max(0, -x), right = std::clamp(s.width - x, left, side);
        for (int r = 0; r < side; ++r) {
            bfloat16* const row = patch + r * side * pixel;
            bool const beyond = y + r < 0 || y + r >= s.height;
            if (beyond || left > 0 || right < side || pixel > s.channels) std::fill_n(row, side * pixel, bfloat16{});
            if (beyond) continue;
            bfloat16 const* from = sample + (static_cast<std::ptrdiff_t>(y + r) * s.width + x + left) * s.channels;
            for (int column = left; column < right; ++column, from += s.channels) std::copy_n(from, s.channels, row + column * pixel);
        }
        return {patch, side * pixel, pixel};
    }
};

/// Tiles that are transformed and multiplied at a time, as in `winograd_cut`: near the second-level cache where weights are, and as many as the
/// third-level cache takes where weights come from memory.
template <int Outputs>
struct narrow_winograd_cut {
    std::size_t block;
    bool divided; ///< threads divide a block, not the blocks

    static narrow_winograd_cut of(correlation const& c, std::size_t tiles, int threads) {
        constexpr std::size_t near_bytes = std::size_t{192} << 10, far_bytes = std::size_t{12} << 20, far_weights = std::size_t{2} << 20;
        constexpr std::size_t unit = Outputs == 2 ? pair_rows : tile_rows;
        std::size_t const bytes =
            whole_vectors<float>(c.in.channels) * sizeof(winograd_factor<Outputs>) + whole_vectors<float>(c.out.channels) * sizeof(float);
        bool const far = narrow_winograd_size<Outputs>(c) * sizeof(bfloat16) > far_weights;
        std::size_t const fitting = (far ? far_bytes : near_bytes) / (winograd_tiles<Outputs>::points * bytes);
        std::size_t const most = std::clamp<std::size_t>(fitting, (far ? 8 : 4) * unit, 32 * unit);
        std::size_t const blocks = (tiles + most - 1) / most, even = (tiles + blocks - 1) / blocks;
        std::size_t const block = std::min(tiles, (even + unit - 1) / unit * unit); // whole tiles of the micro-kernel
        bool const divided = threads > 1 && (far || tiles < 3 * block * threads);
        return {divided && !far ? tiles : block, divided};
    }
};

/// y = the unit of x with transformed weights, 3x3, stride 1.
template <int Outputs, class Execution>
void correlate_narrow_tiles(Execution& run, correlation const& c, std::size_t batch, bfloat16 const* x, bfloat16 const* packed,
                            narrow_end const& end, bfloat16* y) {
    using F = winograd_factor<Outputs>;
    constexpr std::size_t points = narrow_tiles<Outputs>::points;
    narrow_tiles<Outputs> const tiles{c};
    std::size_t const count = tiles.places.count(batch);
    auto const cut = narrow_winograd_cut<Outputs>::of(c, count, run.threads());
    std::size_t const block = cut.block, in = whole_vectors<float>(c.in.channels), out = whole_vectors<float>(c.out.channels);
    // Planes of two points are a cache line apart, because planes a power of two apart would map to the same cache sets.
    std::size_t const in_plane = block * in + 64 / sizeof(F), out_plane = block * out + 64 / sizeof(float);
    std::size_t const sums = points * in_plane * sizeof(F); // bytes before the products of a block
    std::size_t const block_bytes = sums + points * out_plane * sizeof(float), patch = tiles.patch() * sizeof(bfloat16);
    auto const own = cut.divided ? run.template scratch<std::byte>(thread_own{}, block_bytes)
                                 : run.template thread_scratch<std::byte>(thread_own{}, block_bytes);
    auto const patches = run.template thread_scratch<std::byte>(thread_patches{}, patch);
    auto const patch_of = [&](int thread) {
        return reinterpret_cast<bfloat16*>(patches.data() + thread * (patches.size() / run.threads()));
    };

    auto const transform_inputs = [&](std::size_t first, std::size_t begin, std::size_t last, int thread, std::byte* planes) {
        for (std::size_t t = begin; t < last; ++t)
            tiles.transform_input(first + t, x, patch_of(thread), reinterpret_cast<F*>(planes) + t * in, in_plane);
    };
    auto const multiply_point = [&](std::size_t e, std::size_t here, std::byte* planes) {
        F const* const from = reinterpret_cast<F const*>(planes) + e * in_plane;
        float* const to = reinterpret_cast<float*>(planes + sums) + e * out_plane;
        auto const stride = static_cast<std::ptrdiff_t>(out);
        int const rows = static_cast<int>(here), columns = static_cast<int>(out);
        if constexpr (Outputs == 2)
            multiply_pairs(rows, paired_rows{from, in}, packed + e * paired_point_size(c), nullptr, no_floor<float>, 0, columns, 1,
                           paired(c.in.channels) / 2, 0, to, stride);
        else
            multiply(rows, matrix_rows<float>{from, in},
                     reinterpret_cast<float16 const*>(packed) + e * winograd_weights_plane<float, float16>(c),
                     static_cast<float const*>(nullptr), no_floor<float>, columns, 1, c.in.channels, 0, to, stride);
    };
    auto const transform_outputs = [&](std::size_t first, std::size_t begin, std::size_t last, int thread, std::byte const* planes) {
        for (std::size_t t = begin; t < last; ++t)
            tiles.transform_output(first + t, reinterpret_cast<float const*>(planes + sums) + t * out, out_plane, end, patch_of(thread), y);
    };

    for (std::size_t first = 0; cut.divided && first < count; first += block) {
        constexpr std::size_t tiles_at_once = 4;
        std::size_t const here = std::min(block, count - first);
        auto const parts = static_cast<std::int64_t>((here + tiles_at_once - 1) / tiles_at_once);
        auto const begin_of = [&](std::int64_t part) { return std::min(here, part * tiles_at_once); };
        run.launch_on_threads(
            parts, [&](std::int64_t part, int thread) { transform_inputs(first, begin_of(part), begin_of(part + 1), thread, own.data()); });
        run.launch(static_cast<std::int64_t>(points), [&](std::int64_t e) { multiply_point(e, here, own.data()); });
        run.launch_on_threads(parts, [&](std::int64_t part, int thread) {
            transform_outputs(first, begin_of(part), begin_of(part + 1), thread, own.data());
        });
    }
    if (cut.divided) return;
    std::size_t const share = own.size() / run.threads();
    run.launch_on_threads(static_cast<std::int64_t>((count + block - 1) / block), [&](std::int64_t item, int thread) {
        std::size_t const first = item * block, here = std::min(block, count - first);
        std::byte* const planes = own.data() + thread * share;
        transform_inputs(first, 0, here, thread, planes);
        for (std::size_t e = 0; e < points; ++e) multiply_point(e, here, planes);
        transform_outputs(first, 0, here, thread, planes);
    });
}

} // namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS
