// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/host_loops/backend.hpp>
#include <mcfa/op/channel_scale.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace mcfa {

/// One work item per row of pixels.
template <class T, backend::host_backend B>
struct kernel<channel_scale<T>, B> {
    static void run(typename B::execution& run, channel_scale<T> const& p) {
        std::size_t const lines = p.x.extent(1), width = p.x.extent(2), channels = p.x.extent(3);
        run.launch(static_cast<std::int64_t>(p.x.extent(0) * lines), [=, factor = static_cast<T>(p.factor)](std::int64_t item) {
            std::size_t const n = static_cast<std::size_t>(item) / lines, line = static_cast<std::size_t>(item) % lines;
            T const *const scale = p.scale[n].data(), *const shift = p.shift.empty() ? nullptr : p.shift[n].data();
            for (std::size_t column = 0; column < width; ++column) {
                T const* const x = &p.x(n, line, column, 0);
                T* const y = &p.y(n, line, column, 0);
                if (shift)
                    for (std::size_t c = 0; c < channels; ++c) y[c] = scale[c] * x[c] + factor * shift[c];
                else
                    for (std::size_t c = 0; c < channels; ++c) y[c] = scale[c] * x[c];
            }
        });
    }
};

/// One work item per sample and block of channels, whose sums are in double.
template <class T, backend::host_backend B>
struct kernel<channel_products<T>, B> {
    static void run(typename B::execution& run, channel_products<T> const& p) {
        constexpr std::size_t block = 64;
        std::size_t const channels = p.a.extent(3), pixels = p.a.extent(1) * p.a.extent(2), blocks = (channels + block - 1) / block;
        run.launch(static_cast<std::int64_t>(p.a.extent(0) * blocks), [=](std::int64_t item) {
            std::size_t const n = static_cast<std::size_t>(item) / blocks, first = static_cast<std::size_t>(item) % blocks * block,
                              count = std::min(block, channels - first);
            std::array<double, block> sums{};
            T const *a = p.a[n].data() + first, *b = p.b[n].data() + first;
            for (std::size_t pixel = 0; pixel < pixels; ++pixel, a += channels, b += channels)
                for (std::size_t c = 0; c < count; ++c) sums[c] += static_cast<double>(a[c] * b[c]);
            for (std::size_t c = 0; c < count; ++c) p.sums(n, first + c) = static_cast<T>(sums[c]);
        });
    }
};

} // namespace mcfa
