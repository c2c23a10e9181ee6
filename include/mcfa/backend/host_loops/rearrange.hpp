// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/host_loops/backend.hpp>
#include <mcfa/backend/host_loops/chunks.hpp>
#include <mcfa/op/rearrange.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace mcfa {

namespace backend {

/// Each sample's (rows, width) matrix; one work item per sample and block of columns.
template <class Execution, class T>
void transpose(Execution& run, std::size_t samples, int rows, int width, T const* from, T* to) {
    constexpr int block = 16;
    int const blocks = (width + block - 1) / block;
    run.launch(static_cast<std::int64_t>(samples) * blocks, [=](std::int64_t item) {
        matrix<T const> const x = view<T const, 3>{from, samples, rows, width}[item / blocks];
        matrix<T> const y = view<T, 3>{to, samples, width, rows}[item / blocks];
        int const first = int(item % blocks) * block, last = std::min(width, first + block);
        for (int row = 0; row < rows; ++row)
            for (int column = first; column < last; ++column) y(column, row) = x(row, column);
    });
}

} // namespace backend

template <class T, backend::host_backend B>
struct kernel<channels_first<T>, B> {
    static void run(typename B::execution& run, channels_first<T> const& p) {
        int const channels = int(p.x.extent(3));
        backend::transpose(run, p.x.extent(0), int(p.y.extent(1)) / channels, channels, p.x.data(), p.y.data());
    }
};

template <class T, backend::host_backend B>
struct kernel<channels_last<T>, B> {
    static void run(typename B::execution& run, channels_last<T> const& p) {
        int const channels = int(p.dx.extent(3));
        backend::transpose(run, p.dx.extent(0), channels, int(p.dy.extent(1)) / channels, p.dy.data(), p.dx.data());
    }
};

template <class T, backend::host_backend B>
struct kernel<column_copy<T>, B> {
    static void run(typename B::execution& run, column_copy<T> const& p) {
        backend::launch_rows(run, p.to.extent(0), p.count, [=](std::size_t first, std::size_t last) {
            for (std::size_t row = first; row < last; ++row) {
                T const* const from = p.from[row].data() + p.from_first;
                T* const to = p.to[row].data() + p.to_first;
                if (p.adds)
                    for (std::size_t c = 0; c < p.count; ++c) to[c] += from[c];
                else std::copy_n(from, p.count, to);
            }
        });
    }
};

} // namespace mcfa
