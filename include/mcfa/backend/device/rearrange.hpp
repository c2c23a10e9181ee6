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
        T tile[side * (side + 1)]; // one more, so that a column's values lie in different banks
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
        std::size_t const base = static_cast<std::size_t>(at.down) * static_cast<std::size_t>(rows) * static_cast<std::size_t>(width);
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
    static constexpr std::size_t position(int row, int length, int column) {
        return static_cast<std::size_t>(row) * static_cast<std::size_t>(length) + static_cast<std::size_t>(column);
    }
};

/// As many samples at a time as there may be blocks down.
template <class Run, class T>
void launch_transpose(Run& run, int samples, int rows, int width, T const* from, T* to) {
    std::size_t const size = static_cast<std::size_t>(rows) * static_cast<std::size_t>(width);
    for (int first = 0; first < samples; first += grid::most_down) {
        int const count = samples - first < grid::most_down ? samples - first : grid::most_down;
        std::size_t const base = static_cast<std::size_t>(first) * size;
        run.launch(transpose<T>{count, rows, width, from + base, to + base});
    }
}

template <bool Adds, class T>
struct copy_columns {
    columns op;
    T const* from;
    T* to;
    constexpr void operator()(std::size_t row, int c) const {
        T const value = from[row * static_cast<std::size_t>(op.from_width) + static_cast<std::size_t>(op.from_first + c)];
        T& target = to[row * static_cast<std::size_t>(op.to_width) + static_cast<std::size_t>(op.to_first + c)];
        target = Adds ? target + value : value;
    }
};

} // namespace backend::device

template <backend::device_backend B>
struct kernel<to_planes, B> {
    template <class T>
    static void forward(typename B::execution& run, to_planes const& op, int batch, T const* x, T* y) {
        run.now({"channels first", batch, op.in, op.in});
        backend::device::launch_transpose(run, batch, op.in.pixels(), op.in.channels, x, y);
    }
    template <class T>
    static void backward(typename B::execution& run, to_planes const& op, int batch, T const* dy, T* dx) {
        run.now({"channels first, gradient", batch, op.in, op.in});
        backend::device::launch_transpose(run, batch, op.in.channels, op.in.pixels(), dy, dx);
    }
};

template <backend::device_backend B>
struct kernel<columns, B> {
    template <class T>
    static void copy(typename B::execution& run, columns const& op, int rows, T const* from, T* to) {
        run.now({"columns copied", rows, {op.from_width}, {op.to_width}});
        backend::device::launch_in_samples(run, rows, static_cast<std::size_t>(op.count),
                                           backend::device::copy_columns<false, T>{op, from, to});
    }
    template <class T>
    static void add(typename B::execution& run, columns const& op, int rows, T const* from, T* to) {
        run.now({"columns added", rows, {op.from_width}, {op.to_width}});
        backend::device::launch_in_samples(run, rows, static_cast<std::size_t>(op.count),
                                           backend::device::copy_columns<true, T>{op, from, to});
    }
};

} // namespace mcfa
