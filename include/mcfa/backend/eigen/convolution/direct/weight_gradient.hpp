// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/convolution/bias_gradient.hpp>
#include <mcfa/backend/eigen/convolution/direct/correlation.hpp>
#include <mcfa/backend/eigen/convolution/micro/outer_kernel.hpp>
#include <mcfa/backend/eigen/convolution/micro/weight_packing.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {

/// Partition of a weight gradient into work items; depends on the shape and the batch only: `groups` of samples, each with sums of its own,
/// times `splits` of the output channels.
struct gradient_cut {
    int groups;
    int splits;
    int columns; ///< output channels of a split, whole panels

    template <class T>
    static gradient_cut of(std::size_t height, int out_channels, std::size_t batch) {
        constexpr std::size_t partial_bytes = std::size_t{8} << 20; // all groups' sums together
        std::size_t const bytes = packed_size<T>(height, out_channels) * sizeof(T);
        int const groups = static_cast<int>(std::min(batch, std::clamp<std::size_t>(partial_bytes / bytes, 1, 16)));
        int const panels = (out_channels + tile_columns<T> - 1) / tile_columns<T>;
        int const splits = std::min(panels, (15 + groups) / groups);
        int const columns = (panels + splits - 1) / splits * tile_columns<T>;
        return {groups, (out_channels + columns - 1) / columns, columns};
    }
};

/// dweights[o, i, ky, kx] = sum over groups of partial[group, ky, kx, i, o], whose rows are whole vectors.
template <class T, class Execution>
void gather_weight_gradient(Execution& run, correlation const& c, int groups, T* partials, T* dweights) {
    int const area = c.kernel * c.kernel;
    int const width = whole_vectors<T>(c.out.channels);
    std::size_t const size = packed_size<T>(c.depth(), c.out.channels);
    view<T, 3> const gradient{dweights, c.out.channels, c.in.channels, area};
    run.launch(c.in.channels, [&](std::int64_t i) {
        for (int k = 0; k < area; ++k) {
            T* const row = partials + (k * c.in.channels + i) * width;
            for (int group = 1; group < groups; ++group) {
                T const* const other = row + group * size;
                for (int o = 0; o < width; ++o) row[o] += other[o];
            }
            for (int o = 0; o < c.out.channels; ++o) gradient(o, i, k) = row[o];
        }
    });
}

/// Gradient of a forward correlation by its weights: for each ky the outer products of what lies under the window's row, (kx, channel),
/// with the output's gradient, summed over the pixels of a band in registers, over bands and samples in memory. The gradient of the bias is
/// summed in the same loop.
template <class T, class Execution>
void weight_gradient_directly(Execution& run, correlation const& c, std::size_t batch, T const* x, pixel_source<T> const& dy, T* dweights,
                              T* dbias) {
    constexpr int pixels_at_once = 192; // long enough to pay for loading and storing the sums, short enough for the cache
    bool const plain = c.plain();
    auto const line = static_cast<std::ptrdiff_t>(plain ? c.in.width : c.grid_width()) * c.in.channels;
    int const wanted = std::clamp(pixels_at_once / c.out.width, 1, c.out.height);
    int const bands = (c.out.height + wanted - 1) / wanted;
    int const band = (c.out.height + bands - 1) / bands;
    int const channels = c.out.channels;
    int const width = whole_vectors<T>(channels);
    auto const cut = gradient_cut::of<T>(c.depth(), channels, batch);

    std::size_t const size = packed_size<T>(c.depth(), channels);
    auto const partials = run.template scratch<T>(partial_sums{}, size * cut.groups);
    std::size_t const grid_rows = (band - 1) * c.stride + c.kernel;
    std::size_t const grid_size = plain ? 0 : whole_vectors<T>(static_cast<int>(grid_rows * line));
    // Channels that do not fill a vector are padded with zeros.
    std::size_t const copy_size = channels % lanes<T> == 0 ? 0 : band * c.out.width * tile_columns<T>;
    std::size_t const gradient_size = dy.plain() ? 0 : band * c.out.width * channels;
    auto const own = run.template thread_scratch<T>(thread_own{}, grid_size + copy_size + gradient_size);
    auto const bias_sums = run.template scratch<double>(bias_partials{}, cut.groups * channels);
    std::size_t const share = own.size() / run.threads();

    run.launch_on_threads(static_cast<std::int64_t>(cut.groups) * cut.splits, [&](std::int64_t item, int thread) {
        int const group = static_cast<int>(item / cut.splits);
        int const begin = static_cast<int>(item % cut.splits) * cut.columns;
        int const columns = std::min(cut.columns, channels - begin);
        T* const sums = partials.data() + group * size + begin;
        for (std::size_t row = 0; row < c.depth(); ++row) std::fill_n(sums + row * width, whole_vectors<T>(columns), T(0));
        T* const laid = own.data() + thread * share;
        T* const copy = laid + grid_size;
        T* const laid_gradient = copy + copy_size;
        double* const bias_sum = bias_sums.data() + group * channels;
        std::fill_n(bias_sum + begin, columns, 0.0);
        int const last = static_cast<int>(static_cast<std::int64_t>(batch) * (group + 1) / cut.groups);
        for (int sample = static_cast<int>(static_cast<std::int64_t>(batch) * group / cut.groups); sample < last; ++sample)
            for (int first = 0; first < c.out.height; first += band) {
                int const rows = std::min(band, c.out.height - first);
                T const* grid = x + sample * c.in.size();
                if (plain) {
                    grid += first * c.stride * line;
                } else {
                    lay_grid_rows(c, plain_source(c.in, x), sample, first * c.stride, (rows - 1) * c.stride + c.kernel, laid);
                    grid = laid;
                }
                T const* gradient = laid_gradient;
                if (dy.plain()) gradient = dy.sample(sample) + first * c.out.width * channels;
                else
                    for (int r = 0; r < rows; ++r) dy.read(sample, first + r, 0, c.out.width, laid_gradient + r * c.out.width * channels);
                add_columns(rows * c.out.width, channels, begin, columns, gradient, bias_sum);
                for_each_panel<T>(columns, [&](int column, int count, auto vectors) {
                    outer_product<T> p{};
                    p.a_step = c.stride * c.in.channels;
                    p.a_line = c.stride * line;
                    p.b = gradient + begin + column;
                    p.b_step = channels;
                    p.lines = rows;
                    p.steps = c.out.width;
                    p.c_stride = width;
                    p.columns = whole_vectors<T>(count);
                    p.add = true;
                    if (count < p.columns) {
                        for (int pixel = 0; pixel < rows * c.out.width; ++pixel) {
                            T* const to = copy + pixel * p.columns;
                            std::fill(std::copy_n(p.b + static_cast<std::ptrdiff_t>(pixel) * channels, count, to), to + p.columns, T(0));
                        }
                        p.b = copy;
                        p.b_step = p.columns;
                    }
                    p.b_line = p.b_step * c.out.width;
                    for (int ky = 0; ky < c.kernel; ++ky) {
                        p.a = grid + ky * line;
                        p.c = sums + static_cast<std::ptrdiff_t>(ky) * c.kernel * c.in.channels * width + column;
                        outer_panel<decltype(vectors)::value>(c.kernel * c.in.channels, p);
                    }
                });
            }
    });
    gather_weight_gradient(run, c, cut.groups, partials.data(), dweights);
    sum_groups(cut.groups, channels, channels, bias_sums.data(), dbias);
}

} // namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS
