// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/arithmetic/pooling.hpp>
#include <mcfa/backend/eigen/convolution/direct/correlation.hpp>
#include <mcfa/backend/eigen/convolution/micro/epilogue.hpp>
#include <mcfa/backend/eigen/convolution/micro/micro_kernel.hpp>
#include <mcfa/backend/eigen/convolution/micro/weight_packing.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {

/// Grid values that a work item lays out: they fit the second-level cache together with a panel of weights.
inline constexpr int direct_grid_values = 32768;

/// y = max(floor, correlation of x with packed weights + bias), as one matrix product per band of output rows: for every output pixel
/// and ky the values under the window's row ky, (kx, channel), lie one after another, so nothing is unrolled in memory.
template <class T, class S, class Execution>
void correlate_directly(Execution& run, correlation const& c, std::size_t batch, pixel_source<T> const& x, S const* packed, T const* bias,
                        T floor, T* y) {
    bool const plain = c.plain() && x.plain();
    int const grid_width = plain ? c.in.width : c.grid_width();
    auto const line = static_cast<std::ptrdiff_t>(grid_width) * c.in.channels;
    int const wanted = std::max(1, (direct_grid_values / static_cast<int>(line) - c.kernel) / c.stride + 1);
    int const bands = (c.out.height + wanted - 1) / wanted;
    int const band = (c.out.height + bands - 1) / bands;
    std::size_t const grid_size = plain ? 0 : ((band - 1) * c.stride + c.kernel) * line;
    auto const grids = run.template thread_scratch<T>(thread_own{}, grid_size);
    std::size_t const share = grids.size() / run.threads();
    run.launch_on_threads(static_cast<std::int64_t>(batch) * bands, [&](std::int64_t item, int thread) {
        std::size_t const sample = item / bands;
        int const first = static_cast<int>(item % bands) * band;
        int const rows = std::min(band, c.out.height - first);
        if (rows <= 0) return;
        T const* grid = x.sample(sample);
        if (plain) {
            grid += first * c.stride * line;
        } else {
            T* const laid = grids.data() + thread * share;
            lay_grid_rows(c, x, sample, first * c.stride, (rows - 1) * c.stride + c.kernel, laid);
            grid = laid;
        }
        auto const pixel = [&](int p) { return grid + p / c.out.width * (c.stride * line) + p % c.out.width * (c.stride * c.in.channels); };
        multiply(rows * c.out.width, pixel, packed, bias, floor, c.out.channels, c.kernel, c.kernel * c.in.channels, line,
                 y + sample * c.out.size() + first * c.out.width * c.out.channels, c.out.channels);
    });
}

/// The same with any epilogue: the maxima are taken of one sample at a time, from scratch memory.
template <class T, class S, class Execution>
void forward_directly(Execution& run, correlation const& c, std::size_t batch, pixel_source<T> const& x, S const* packed,
                      epilogue<T> const& end, T* y) {
    T const floor = end.rectified ? T(0) : no_floor<T>;
    if (!end.pooled) return correlate_directly(run, c, batch, x, packed, end.bias, floor, y);
    auto const whole = run.template scratch<T>(turned_operand{}, c.out.size());
    shape const small{c.out.channels, c.out.height / 2, c.out.width / 2};
    std::size_t const channels = c.out.channels;
    std::size_t const line = c.out.width * channels;
    for (std::size_t n = 0; n < batch; ++n) {
        pixel_source<T> one = x;
        one.values = x.sample(n);
        correlate_directly(run, c, 1, one, packed, end.bias, floor, whole.data());
        run.launch(small.height, [&](std::int64_t row) {
            for (int column = 0; column < small.width; ++column) {
                T const* const quad = whole.data() + row * 2 * line + column * 2 * channels;
                std::size_t const at = n * small.size() + (row * small.width + column) * channels;
                arithmetic::max_pool_2x2(channels, line, channels, quad, end.rectified, y + at, end.argmax ? end.argmax + at : nullptr);
            }
        });
    }
}

} // namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS
