// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/bfloat16/pair_kernel.hpp>
#include <mcfa/backend/eigen/bfloat16/training/rounding.hpp>
#include <mcfa/backend/eigen/convolution/bias_gradient.hpp>
#include <mcfa/backend/eigen/convolution/direct/correlation.hpp>
#include <mcfa/backend/eigen/convolution/direct/pixel_source.hpp>
#include <mcfa/backend/eigen/convolution/direct/weight_gradient.hpp>
#include <mcfa/backend/eigen/convolution/micro/weight_packing.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

// The gradient of a convolution by its weights as products over pixels:
//     dweights[o, i, ky, kx] = sum over p of x_i[p + (ky, kx)] * dy_o[p]
// A factor is read as pairs of neighbours of the sum, so x is turned: channel after channel, and within one pixel after pixel. Its lines are as
// long as those of dy with as many zeros behind as a window reaches, so that a window's value moves one address for all pixels of a band.
namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {

/// A band of output rows of a sample, for the sums over its pixels.
struct turned_band {
    correlation c;
    int rows; ///< of output pixels

    /// Windows `stride` apart read the same remainder of rows and columns, which lie together.
    int remainders() const { return std::min(c.stride, c.kernel); }
    int reach() const { return (c.kernel - 1) / c.stride; }
    int line() const { return (c.out.width + reach() + 1) / 2 * 2; }
    int height() const { return rows + reach(); }
    /// Values of one remainder. The last line's zeros reach beyond it.
    std::size_t plane() const { return static_cast<std::size_t>(height()) * line() + 2 * ((reach() + 1) / 2); }
    std::size_t channel() const { return plane() * remainders() * remainders(); }
    std::size_t size() const { return channel() * c.in.channels; }
    int pairs() const { return rows * line() / 2; }

    /// x of the windows of output rows first .. first + rows - 1, zero where the sample ends.
    void lay(float const* sample, int first, bfloat16* to) const {
        for (int ry = 0; ry < remainders(); ++ry)
            for (int rx = 0; rx < remainders(); ++rx, to += plane()) {
                for (int row = 0; row < height(); ++row) {
                    int const y = (first + row) * c.stride + ry - c.before;
                    for (int column = 0; column < line(); column += 2)
                        turn_rows(pixel(sample, y, column * c.stride + rx), pixel(sample, y, (column + 1) * c.stride + rx), c.in.channels,
                                  to + static_cast<std::size_t>(row) * line() + column, channel());
                }
                for (std::size_t end = static_cast<std::size_t>(height()) * line(); end < plane(); end += 2)
                    turn_rows(nullptr, nullptr, c.in.channels, to + end, channel());
            }
    }

private:
    float const* pixel(float const* sample, int y, int column) const {
        int const x = column - c.before;
        bool const exists = y >= 0 && y < c.in.height && x >= 0 && x < c.in.width;
        return exists ? sample + (static_cast<std::size_t>(y) * c.in.width + x) * c.in.channels : nullptr;
    }
};

/// Rows of a turned band from row `start` on, in the order (ky, kx, channel).
struct tap_rows {
    turned_band const& band;
    bfloat16 const* values;
    int start;

    void find(int first, int count, bfloat16 const** rows) const {
        int const channels = band.c.in.channels, kernel = band.c.kernel, stride = band.c.stride;
        for (int r = 0; r < count; ++r) {
            int const tap = (start + first + r) / channels, channel = (start + first + r) % channels;
            int const ky = tap / kernel, kx = tap % kernel;
            rows[r] = values + channel * band.channel() + (ky % stride * band.remainders() + kx % stride) * band.plane() +
                      static_cast<std::size_t>(ky / stride) * band.line() + kx / stride;
        }
    }
};

/// As `weight_gradient_directly`, in products of bfloat16. dbias is summed in double, of dy as it is.
template <class Execution>
void weight_gradient_in_pairs(Execution& run, correlation const& c, std::size_t batch, float const* x, pixel_source<float> const& dy,
                              float* dweights, float* dbias) {
    constexpr std::size_t near_values = std::size_t{1} << 18; // of both factors at a time: of some samples, or of a band of one
    constexpr int rows_at_once = 6 * pair_rows;
    int const channels = c.out.channels, width = whole_vectors<float>(channels), depth = static_cast<int>(c.depth());
    auto const cut = gradient_cut::of<float>(c.depth(), channels, batch);
    auto const values = [&](int rows) {
        turned_band const band{c, rows};
        return band.size() + pair_panel_size(2 * band.pairs(), cut.columns);
    };
    int const wanted = std::clamp(static_cast<int>(near_values / values(1)), 1, c.out.height);
    int const bands = (c.out.height + wanted - 1) / wanted, band_rows = (c.out.height + bands - 1) / bands;
    turned_band const largest{c, band_rows};
    std::size_t const most = (batch + cut.groups - 1) / cut.groups;
    std::size_t const at_once = bands > 1 ? 1 : std::clamp<std::size_t>(near_values / values(band_rows), 1, most);

    std::size_t const size = packed_size<float>(c.depth(), channels), panel_size = pair_panel_size(2 * largest.pairs(), cut.columns);
    auto const partials = run.template scratch<float>(partial_sums{}, size * cut.groups);
    auto const bias_sums = run.template scratch<double>(bias_partials{}, cut.groups * channels);
    auto const factors = run.template thread_scratch<bfloat16>(thread_own{}, at_once * (largest.size() + panel_size));
    std::size_t const gradient_size = static_cast<std::size_t>(band_rows) * largest.line() * channels;
    auto const floats =
        run.template thread_scratch<float>(thread_patches{}, gradient_size + rows_at_once * whole_vectors<float>(cut.columns));

    run.launch_on_threads(static_cast<std::int64_t>(cut.groups) * cut.splits, [&](std::int64_t item, int thread) {
        int const group = static_cast<int>(item / cut.splits), begin = static_cast<int>(item % cut.splits) * cut.columns;
        int const columns = std::min(cut.columns, channels - begin), across = whole_vectors<float>(columns);
        float* const sums = partials.data() + group * size + begin;
        for (int row = 0; row < depth; ++row) std::fill_n(sums + static_cast<std::size_t>(row) * width, across, 0.0f);
        double* const bias_sum = bias_sums.data() + static_cast<std::size_t>(group) * channels;
        std::fill_n(bias_sum + begin, columns, 0.0);
        bfloat16* const laid = factors.data() + thread * (factors.size() / run.threads());
        bfloat16* const panels = laid + at_once * largest.size();
        float* const gradient = floats.data() + thread * (floats.size() / run.threads());
        float* const block = gradient + gradient_size;

        auto const lay = [&](std::size_t sample, turned_band const& band, int first, std::size_t place) {
            band.lay(x + sample * c.in.size(), first, laid + place * largest.size());
            std::size_t const line = static_cast<std::size_t>(band.line()) * channels,
                              given = static_cast<std::size_t>(c.out.width) * channels;
            for (int row = 0; row < band.rows; ++row) {
                dy.read(sample, first + row, 0, c.out.width, gradient + row * line);
                std::fill(gradient + row * line + given, gradient + (row + 1) * line, 0.0f);
            }
            std::size_t const pixels = static_cast<std::size_t>(band.rows) * band.line();
            add_columns(pixels, channels, begin, columns, gradient, bias_sum);
            for (int column = 0; column < columns; column += pair_columns)
                pack_rows(gradient + begin + column, pixels, channels, std::min(pair_columns, columns - column),
                          panels + place * panel_size + pixels * column);
        };
        auto const multiply = [&](turned_band const& band, std::size_t count) {
            for (int row = 0; row < depth; row += rows_at_once) {
                int const rows = std::min(rows_at_once, depth - row);
                for (std::size_t place = 0; place < count; ++place) {
                    multiply_pairs(rows, tap_rows{band, laid + place * largest.size(), row}, panels + place * panel_size, nullptr,
                                   no_floor<float>, 0, columns, 1, band.pairs(), 0, block, across);
                    for (int r = 0; r < rows; ++r) {
                        float const* const found = block + static_cast<std::size_t>(r) * across;
                        float* const sum = sums + static_cast<std::size_t>(row + r) * width;
                        for (int i = 0; i < columns; ++i) sum[i] += found[i];
                    }
                }
            }
        };
        std::size_t const last = batch * (group + 1) / cut.groups;
        for (std::size_t sample = batch * group / cut.groups; sample < last; sample += at_once) {
            std::size_t const here = std::min(at_once, last - sample);
            for (int first = 0; first < c.out.height; first += band_rows) {
                turned_band const band{c, std::min(band_rows, c.out.height - first)};
                for (std::size_t place = 0; place < here; ++place) lay(sample + place, band, first, place);
                multiply(band, here);
            }
        }
    });
    gather_weight_gradient(run, c, cut.groups, partials.data(), dweights);
    sum_groups(cut.groups, channels, channels, bias_sums.data(), dbias);
}

} // namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS
