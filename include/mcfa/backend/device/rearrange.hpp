// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/device/backend.hpp>
#include <mcfa/backend/device/launch.hpp>
#include <mcfa/op/rearrange.hpp>

#include <cstddef>
#include <cstdint>

namespace mcfa {

namespace backend::device {

/// Each sample's (rows, width) matrix to (width, rows), by tiles that are read and written along their rows.
template <class T>
struct transpose {
    static constexpr int side = 32, lanes = 8, threads = side * lanes, phases = 2;
    struct shared {
        T tile[side * (side + 1)]; // padded by one, so that a column's values lie in different banks
    };
    int samples; ///< at most grid::most_down
    int rows, width;
    T const* from;
    T* to;

    constexpr std::int64_t tiles_across() const { return blocks_of(width, side); }
    constexpr grid blocks() const { return {tiles_across() * blocks_of(rows, side), samples}; }
    template <int Phase>
    constexpr void run(place at, shared& own) const {
        int const first_column = static_cast<int>(at.across % tiles_across()) * side;
        int const first_row = static_cast<int>(at.across / tiles_across()) * side;
        int const x = at.thread % side, lane = at.thread / side;
        std::size_t const base = static_cast<std::size_t>(at.down) * rows * width;
        for (int y = lane; y < side; y += lanes)
            if constexpr (Phase == 0) {
                if (first_row + y < rows && first_column + x < width)
                    own.tile[y * (side + 1) + x] = from[base + position(first_row + y, width, first_column + x)];
            } else {
                if (first_column + y < width && first_row + x < rows)
                    to[base + position(first_column + y, rows, first_row + x)] = own.tile[x * (side + 1) + y];
            }
    }

private:
    static constexpr std::size_t position(int row, int length, int column) { return static_cast<std::size_t>(row) * length + column; }
};

/// Processes as many samples at a time as the grid has blocks down.
template <class Run, class T>
void launch_transpose(Run& run, int samples, int rows, int width, T const* from, T* to) {
    std::size_t const size = static_cast<std::size_t>(rows) * width;
    for (int first = 0; first < samples; first += grid::most_down) {
        int const count = samples - first < grid::most_down ? samples - first : grid::most_down;
        std::size_t const base = static_cast<std::size_t>(first) * size;
        run.launch(transpose<T>{count, rows, width, from + base, to + base});
    }
}

template <bool Adds, class T>
struct copy_columns {
    matrix<T const> from;
    matrix<T> to;
    std::size_t from_first, to_first;
    constexpr void operator()(std::size_t row, int c) const {
        T const value = from(row, from_first + c);
        T& target = to(row, to_first + c);
        target = Adds ? target + value : value;
    }
};

} // namespace backend::device

template <class T, backend::device_backend B>
struct kernel<channels_first<T>, B> {
    static void run(typename B::execution& run, channels_first<T> const& p) {
        int const channels = int(p.x.extent(3));
        backend::device::launch_transpose(run, int(p.x.extent(0)), int(p.y.extent(1)) / channels, channels, p.x.data(), p.y.data());
    }
};

template <class T, backend::device_backend B>
struct kernel<channels_last<T>, B> {
    static void run(typename B::execution& run, channels_last<T> const& p) {
        int const channels = int(p.dx.extent(3));
        backend::device::launch_transpose(run, int(p.dx.extent(0)), channels, int(p.dy.extent(1)) / channels, p.dy.data(), p.dx.data());
    }
};

template <class T, backend::device_backend B>
struct kernel<column_copy<T>, B> {
    static void run(typename B::execution& run, column_copy<T> const& p) {
        using namespace backend::device;
        int const rows = int(p.to.extent(0));
        if (p.adds) launch_in_samples(run, rows, p.count, copy_columns<true, T>{p.from, p.to, p.from_first, p.to_first});
        else launch_in_samples(run, rows, p.count, copy_columns<false, T>{p.from, p.to, p.from_first, p.to_first});
    }
};

} // namespace mcfa
