#pragma once

#include <algorithm>
#include <cstddef>

#include <mcfa/backend/eigen/correlation.hpp>
#include <mcfa/backend/eigen/simd.hpp>
#include <mcfa/backend/eigen/winograd_transform.hpp>

namespace mcfa::backend::cpu {

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

    std::size_t count(int batch) const { return static_cast<std::size_t>(batch) * static_cast<std::size_t>(per_sample); }

    /// Values between the matrices of two points: one cache line more than they need, because planes a power of two apart
    /// would fall on the same sets of the cache.
    template <class T>
    static std::size_t plane(int tiles, int channels) {
        return static_cast<std::size_t>(tiles) * static_cast<std::size_t>(whole_vectors<T>(channels)) + 64 / sizeof(T);
    }

    /// Where the tile `index` stands: its sample and its first output pixel.
    struct place {
        std::size_t sample;
        int y, x;
    };
    place at(std::size_t index) const {
        auto const within = static_cast<int>(index % static_cast<std::size_t>(per_sample));
        return {index / static_cast<std::size_t>(per_sample), within / across * Outputs, within % across * Outputs};
    }

    /// B^T d B of one tile of x, all channels: value of point e and channel i to planes[e * plane + i]. `zeros` has at least
    /// as many values as x has channels.
    template <class T>
    void transform_input(place tile, T const* x, T const* zeros, T* planes, std::size_t plane) const {
        T const* pixel[side][side];
        T const* const sample = x + tile.sample * c.in.size();
        for (int r = 0; r < side; ++r)
            for (int s = 0; s < side; ++s) {
                int const y = tile.y + r - c.before;
                int const z = tile.x + s - c.before;
                bool const inside = y >= 0 && y < c.in.height && z >= 0 && z < c.in.width;
                pixel[r][s] = inside ? sample + static_cast<std::ptrdiff_t>(y * c.in.width + z) * c.in.channels : zeros;
            }
        for_each_vector<T>(c.in.channels, [&](int i, auto const& take, auto const&) {
            transform_plane<side, side, packet<T>>([&](int r, int s) { return take(pixel[r][s] + i); },
                                                   [](auto const* d, auto* t) { line::input(d, t); },
                                                   [&](int r, int s, packet<T> const& v) {
                                                       store(planes + static_cast<std::size_t>(r * side + s) * plane + i, v);
                                                   });
        });
    }

    /// y = A^T m A + bias of one tile, all channels, clipped to the image.
    template <class T>
    void transform_output(place tile, T const* planes, std::size_t plane, T const* bias, T* y) const {
        T* const corner = y + tile.sample * c.out.size() + static_cast<std::size_t>((tile.y * c.out.width + tile.x) * c.out.channels);
        int const rows = std::min(Outputs, c.out.height - tile.y);
        int const columns = std::min(Outputs, c.out.width - tile.x);
        for_each_vector<T>(c.out.channels, [&](int o, auto const&, auto const& give) {
            packet<T> const start = bias ? load(bias + o) : packet<T>{};
            transform_plane<side, Outputs, packet<T>>(
                [&](int r, int s) { return load(planes + static_cast<std::size_t>(r * side + s) * plane + o); },
                [](auto const* m, auto* t) { line::output(m, t); },
                [&](int r, int s, packet<T> const& v) {
                    if (r < rows && s < columns)
                        give(corner + static_cast<std::ptrdiff_t>(r * c.out.width + s) * c.out.channels + o, v + start);
                });
        });
    }

    /// A dy A^T of one tile of the output's gradient, all channels; pixels beyond the image are zero.
    template <class T>
    void transform_output_gradient(place tile, T const* dy, T* planes, std::size_t plane) const {
        T const* const corner = dy + tile.sample * c.out.size() + static_cast<std::size_t>((tile.y * c.out.width + tile.x) * c.out.channels);
        int const rows = std::min(Outputs, c.out.height - tile.y);
        int const columns = std::min(Outputs, c.out.width - tile.x);
        for_each_vector<T>(c.out.channels, [&](int o, auto const& take, auto const&) {
            transform_plane<Outputs, side, packet<T>>(
                [&](int r, int s) {
                    return r < rows && s < columns ? take(corner + static_cast<std::ptrdiff_t>(r * c.out.width + s) * c.out.channels + o)
                                                   : packet<T>{};
                },
                [](auto const* d, auto* t) { line::output_gradient(d, t); },
                [&](int r, int s, packet<T> const& v) { store(planes + static_cast<std::size_t>(r * side + s) * plane + o, v); });
        });
    }

private:
    /// body(first channel, how to load there, how to store there) for each vector of channels; the last may be partial.
    template <class T, class Body>
    static void for_each_vector(int channels, Body const& body) {
        int i = 0;
        for (; i + lanes<T> <= channels; i += lanes<T>)
            body(i, [](T const* from) { return load(from); }, [](T* to, packet<T> const& v) { store(to, v); });
        if (int const left = channels - i; left > 0)
            body(i, [left](T const* from) { return load_first(from, left); }, [left](T* to, packet<T> const& v) { store_first(to, v, left); });
    }
};

} // namespace mcfa::backend::cpu
