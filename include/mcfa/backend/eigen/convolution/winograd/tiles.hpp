// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/convolution/direct/correlation.hpp>
#include <mcfa/backend/eigen/convolution/direct/pixel_source.hpp>
#include <mcfa/backend/eigen/convolution/micro/epilogue.hpp>
#include <mcfa/backend/eigen/convolution/micro/simd.hpp>
#include <mcfa/backend/eigen/convolution/winograd/transform.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {

/// Values between the matrices of two points: padded by one cache line, because planes a power of two apart would map to the same cache
/// sets.
template <class T>
std::size_t winograd_plane(std::size_t tiles, int channels) {
    return tiles * whole_vectors<T>(channels) + 64 / sizeof(T);
}

/// The tiles of Outputs x Outputs output pixels into which Winograd's algorithm cuts a batch, numbered through all samples.
/// A transformed block holds, for each of the `points` of the transform, a matrix of (tile, channel).
template <int Outputs>
struct winograd_tiles {
    static constexpr int side = Outputs + 2;
    static constexpr int points = side * side;
    using line = winograd_line<Outputs>;

    correlation c;
    int across = (c.out.width + Outputs - 1) / Outputs;
    int per_sample = across * ((c.out.height + Outputs - 1) / Outputs);

    std::size_t count(std::size_t batch) const { return batch * per_sample; }

    /// Scratch values of a transform, for tiles that memory does not hold as whole vectors.
    template <class T>
    std::size_t patch() const {
        return points * whole_vectors<T>(std::max(c.in.channels, c.out.channels));
    }

    /// Position of tile `index`: its sample and its first output pixel.
    struct place {
        std::size_t sample;
        int y, x;
    };
    place at(std::size_t index) const {
        auto const within = static_cast<int>(index % per_sample);
        return {index / per_sample, within / across * Outputs, within % across * Outputs};
    }

    /// B^T d B of one tile's input, all channels: value of point e and channel i to planes[e * plane + i].
    template <class T>
    void transform_input(place tile, pixel_source<T> const& x, T* patch, T* planes, std::size_t plane) const {
        auto const d = window<side>(x, tile.sample, tile.y - c.before, tile.x - c.before, patch);
        for (int i = 0; i < c.in.channels; i += lanes<T>) {
            grid_rows<side, T const> const in{d.first + i, d.row, d.pixel};
            T* next = planes + i;
            transform_plane<side, side, packet<T>>([&](int r, int s) __attribute__((always_inline)) { return load(in.at(r, s)); },
                                                   [](auto const& given, auto& t) __attribute__((always_inline)) { line::input(given, t); },
                                                   [&](int, int, packet<T> const& v)
                                                       __attribute__((always_inline)) { store(next, v), next += plane; });
        }
    }

    /// A dy A^T of one tile of the output's gradient, all channels; pixels beyond the image are zero.
    template <class T>
    void transform_output_gradient(place tile, pixel_source<T> const& dy, T* patch, T* planes, std::size_t plane) const {
        auto const d = window<Outputs>(dy, tile.sample, tile.y, tile.x, patch);
        for (int o = 0; o < c.out.channels; o += lanes<T>) {
            grid_rows<Outputs, T const> const in{d.first + o, d.row, d.pixel};
            T* next = planes + o;
            transform_plane<Outputs, side, packet<T>>(
                [&](int r, int s) __attribute__((always_inline)) { return load(in.at(r, s)); },
                [](auto const& given, auto& t) __attribute__((always_inline)) { line::output_gradient(given, t); },
                [&](int, int, packet<T> const& v) __attribute__((always_inline)) { store(next, v), next += plane; });
        }
    }

    /// The epilogue of A^T m A for one tile, all channels, clipped to the image.
    template <class T>
    void transform_output(place tile, T const* planes, std::size_t plane, epilogue<T> const& end, T* patch, T* y) const {
        int const shrink = end.pooled ? 2 : 1;
        shape const out{c.out.channels, c.out.height / shrink, c.out.width / shrink};
        int const top = tile.y / shrink, left = tile.x / shrink, given = Outputs / shrink;
        int const rows = std::min(given, out.height - top), columns = std::min(given, out.width - left);
        if (rows <= 0 || columns <= 0) return;
        std::size_t const corner = tile.sample * out.size() + (top * out.width + left) * out.channels;
        bool const direct = rows == given && columns == given && out.channels % lanes<T> == 0;
        std::ptrdiff_t const pixel = direct ? out.channels : whole_vectors<T>(out.channels);
        pixel_grid<T> const to = direct ? pixel_grid<T>{y + corner, out.width * pixel, pixel} : pixel_grid<T>{patch, given * pixel, pixel};
        auto* const patch_argmax = reinterpret_cast<std::uint8_t*>(patch + given * given * pixel);
        pixel_grid<std::uint8_t> const argmax{end.argmax ? (direct ? end.argmax + corner : patch_argmax) : nullptr, to.row, pixel};
        for (int o = 0; o < out.channels; o += lanes<T>) {
            packet<T> const start = end.bias ? load(end.bias + o) : packet<T>{};
            packet<T> value[Outputs][Outputs];
            auto const step = static_cast<std::ptrdiff_t>(plane);
            grid_rows<side, T const> const in{planes + o, side * step, step};
            transform_plane<side, Outputs, packet<T>>([&](int r, int s) __attribute__((always_inline)) { return load(in.at(r, s)); },
                                                      [](auto const& m, auto& t) __attribute__((always_inline)) { line::output(m, t); },
                                                      [&](int r, int s, packet<T> const& v)
                                                          __attribute__((always_inline)) { value[r][s] = v + start; });
            end.template finish<Outputs>(value, to, argmax, o);
        }
        for (int r = 0; r < rows && !direct; ++r)
            for (int s = 0; s < columns; ++s) {
                std::size_t const at = corner + (r * out.width + s) * out.channels;
                std::copy_n(to.at(r, s), out.channels, y + at);
                if (end.argmax) std::copy_n(argmax.at(r, s), out.channels, end.argmax + at);
            }
    }

private:
    /// Side x Side pixels of a source from (y, x) on, in whole vectors: in place, or a copy in `patch` padded with zeros.
    template <int Side, class T>
    static pixel_grid<T const> window(pixel_source<T> const& source, std::size_t sample, int y, int x, T* patch) {
        shape const s = source.plane;
        std::ptrdiff_t const pixel = whole_vectors<T>(s.channels);
        bool const inside = y >= 0 && x >= 0 && y + Side <= s.height && x + Side <= s.width;
        if (inside && source.plain() && s.channels == pixel)
            return {source.sample(sample) + (y * s.width + x) * pixel, s.width * pixel, pixel};
        int const left = std::max(0, -x), right = std::clamp(s.width - x, left, Side);
        for (int r = 0; r < Side; ++r) {
            T* const row = patch + r * Side * pixel;
            bool const beyond = y + r < 0 || y + r >= s.height;
            if (beyond || left > 0 || right < Side || pixel > s.channels) std::fill_n(row, Side * pixel, T(0));
            if (!beyond) source.read(sample, y + r, x + left, right - left, row + left * pixel, pixel);
        }
        return {patch, Side * pixel, pixel};
    }
};

} // namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS
