// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/host_loops/backend.hpp>
#include <mcfa/backend/host_loops/chunks.hpp>
#include <mcfa/op/rearrange.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace mcfa {

template <backend::host_backend B>
struct kernel<to_planes, B> {
    template <class T>
    static void forward(typename B::execution& run, to_planes const& op, int batch, T const* x, T* y) {
        transpose(run, batch, op.in.pixels(), op.in.channels, x, y);
    }
    template <class T>
    static void backward(typename B::execution& run, to_planes const& op, int batch, T const* dy, T* dx) {
        transpose(run, batch, op.in.channels, op.in.pixels(), dy, dx);
    }

private:
    /// Each sample's (rows, width) matrix; one work item per sample and block of columns.
    template <class T>
    static void transpose(typename B::execution& run, int batch, int rows, int width, T const* from, T* to) {
        constexpr int block = 16;
        int const blocks = (width + block - 1) / block;
        run.launch(static_cast<std::int64_t>(batch) * blocks, [=](std::int64_t item) {
            std::size_t const sample =
                static_cast<std::size_t>(item / blocks) * static_cast<std::size_t>(rows) * static_cast<std::size_t>(width);
            int const first = static_cast<int>(item % blocks) * block;
            int const last = std::min(width, first + block);
            for (int row = 0; row < rows; ++row)
                for (int column = first; column < last; ++column)
                    to[sample + static_cast<std::size_t>(column * rows + row)] =
                        from[sample + static_cast<std::size_t>(row * width + column)];
        });
    }
};

template <backend::host_backend B>
struct kernel<columns, B> {
    template <class T>
    static void copy(typename B::execution& run, columns const& op, int rows, T const* from, T* to) {
        each_row(run, op, rows, from, to, [](T& target, T value) { target = value; });
    }
    template <class T>
    static void add(typename B::execution& run, columns const& op, int rows, T const* from, T* to) {
        each_row(run, op, rows, from, to, [](T& target, T value) { target += value; });
    }

private:
    template <class T, class F>
    static void each_row(typename B::execution& run, columns const& op, int rows, T const* from, T* to, F const& f) {
        auto const count = static_cast<std::size_t>(op.count);
        backend::launch_rows(run, static_cast<std::size_t>(rows), count, [=](std::size_t first, std::size_t last) {
            for (std::size_t row = first; row < last; ++row) {
                T const* const source = from + row * static_cast<std::size_t>(op.from_width) + op.from_first;
                T* const target = to + row * static_cast<std::size_t>(op.to_width) + op.to_first;
                for (std::size_t c = 0; c < count; ++c) f(target[c], source[c]);
            }
        });
    }
};

} // namespace mcfa
