// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/backend/eigen/convolution/bias_gradient.hpp>
#include <mcfa/backend/eigen/convolution/micro/outer_kernel.hpp>
#include <mcfa/backend/eigen/convolution/micro/weight_packing.hpp>
#include <mcfa/backend/eigen/convolution/winograd/tiles.hpp>
#include <mcfa/backend/eigen/convolution/winograd/weights.hpp>
#include <mcfa/backend/eigen/vector_width.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS {

/// Gradient of a forward 3x3 correlation of stride 1 by its weights, the derivative of Winograd's algorithm: for each point the product of
/// the transformed input with the transformed gradient of the output, summed over tiles, and one transform at the end. The order of every
/// sum depends only on the shape and the batch.
template <class T>
class winograd_weight_gradient {
    using tiles = winograd_tiles<4>;

public:
    winograd_weight_gradient(correlation const& c, std::size_t batch, T const* x, pixel_source<T> const& dy)
        : c_(c),
          cut_{c},
          count_(cut_.count(batch)),
          in_(whole_vectors<T>(c.in.channels)),
          out_(whole_vectors<T>(c.out.channels)),
          sum_plane_(packed_size<T>(c.in.channels, c.out.channels)),
          x_(plain_source(c.in, x)),
          dy_(dy) {}

    template <class Execution>
    void operator()(Execution& run, T* dweights, T* dbias) {
        patches_ = run.template thread_scratch<T>(thread_patches{}, cut_.template patch<T>());
        patch_size_ = patches_.size() / run.threads();
        constexpr std::size_t partial_bytes = std::size_t{4} << 20; // sums of all groups together
        std::size_t const groups = std::min({partial_bytes / (tiles::points * sum_plane_ * sizeof(T)), count_ / 96, std::size_t{32}});
        bool const many = groups >= 8;
        bias_sums_ = run.template scratch<double>(bias_partials{}, (many ? groups : 1) * out_);
        std::fill(bias_sums_.begin(), bias_sums_.end(), 0.0);
        if (many) by_groups(run, groups, dweights);
        else by_points(run, dweights);
        sum_groups(bias_sums_.size() / out_, out_, c_.out.channels, bias_sums_.data(), dbias);
    }

private:
    /// For few channels: groups of tiles in parallel, each with separate sums, each in blocks that fit the second-level cache.
    template <class Execution>
    void by_groups(Execution& run, std::size_t groups, T* dweights) {
        std::size_t const block = cut_block(std::size_t{256} << 10, 48, (count_ + groups - 1) / groups);
        auto const own = run.template thread_scratch<T>(thread_own{}, block_size(block));
        std::size_t const share = own.size() / run.threads();
        auto const sums = run.template scratch<T>(partial_sums{}, groups * tiles::points * sum_plane_);
        run.launch_on_threads(static_cast<std::int64_t>(groups), [&](std::int64_t item, int thread) {
            std::size_t const group = item;
            std::size_t const begin = count_ * group / groups;
            std::size_t const end = count_ * (group + 1) / groups;
            T* const planes = own.data() + thread * share;
            for (std::size_t first = begin; first < end; first += block) {
                std::size_t const here = std::min(block, end - first);
                transform(first, 0, here, block, thread, planes);
                for (int e = 0; e < tiles::points; ++e)
                    add_products(e, here, block, planes, sums.data() + group * tiles::points * sum_plane_, group, first > begin);
            }
        });
        transform_weights_gradient(run, c_, groups, static_cast<T const*>(sums.data()), dweights);
    }

    /// For many channels: one set of sums; threads divide a block's tiles, then its points.
    template <class Execution>
    void by_points(Execution& run, T* dweights) {
        constexpr std::size_t tiles_at_once = 8;
        std::size_t const block = cut_block(std::size_t{1} << 20, 48, count_); // of the third-level cache
        auto const planes = run.template scratch<T>(thread_own{}, block_size(block));
        auto const sums = run.template scratch<T>(partial_sums{}, tiles::points * sum_plane_);
        for (std::size_t first = 0; first < count_; first += block) {
            std::size_t const here = std::min(block, count_ - first);
            run.launch_on_threads(static_cast<std::int64_t>((here + tiles_at_once - 1) / tiles_at_once),
                                  [&](std::int64_t item, int thread) {
                                      std::size_t const begin = item * tiles_at_once;
                                      transform(first, begin, std::min(here, begin + tiles_at_once), block, thread, planes.data());
                                  });
            run.launch(tiles::points,
                       [&](std::int64_t e) { add_products(static_cast<int>(e), here, block, planes.data(), sums.data(), 0, first > 0); });
        }
        transform_weights_gradient(run, c_, 1, static_cast<T const*>(sums.data()), dweights);
    }

    /// Tiles of a block whose transforms take about `bytes`, at least `least`, in blocks of nearly equal size.
    std::size_t cut_block(std::size_t bytes, std::size_t least, std::size_t count) const {
        std::size_t const fitting = std::max(least, bytes / (tiles::points * (in_ + out_) * sizeof(T)));
        std::size_t const blocks = (count + fitting - 1) / fitting;
        return (count + blocks - 1) / blocks;
    }
    std::size_t in_plane(std::size_t block) const { return winograd_plane<T>(block, in_); }
    std::size_t out_plane(std::size_t block) const { return winograd_plane<T>(block, out_); }
    std::size_t block_size(std::size_t block) const { return tiles::points * (in_plane(block) + out_plane(block)); }

    /// Both transforms of tiles first + begin .. first + end - 1, to places begin .. end - 1 of the block.
    void transform(std::size_t first, std::size_t begin, std::size_t end, std::size_t block, int thread, T* planes) const {
        T* const patch = patches_.data() + thread * patch_size_;
        T* const gradients = planes + tiles::points * in_plane(block);
        for (std::size_t t = begin; t < end; ++t) {
            auto const place = cut_.at(first + t);
            cut_.transform_input(place, x_, patch, planes + t * in_, in_plane(block));
            cut_.transform_output_gradient(place, dy_, patch, gradients + t * out_, out_plane(block));
        }
    }

    /// The sums of point e, from the first `count` tiles of the block. Point (1, 1) of a tile's transformed gradient is the sum of
    /// its pixels, so the bias's gradient comes from there.
    void add_products(int e, std::size_t count, std::size_t block, T const* planes, T* sums, std::size_t group, bool add) const {
        std::size_t const point = e;
        std::size_t const width = out_;
        if (e == tiles::side + 1)
            add_columns(count, width, 0, out_, planes + tiles::points * in_plane(block) + point * out_plane(block),
                        bias_sums_.data() + group * width);
        outer_product<T> p{};
        p.a = planes + point * in_plane(block);
        p.a_step = in_;
        p.b_step = out_;
        p.lines = 1;
        p.steps = static_cast<int>(count);
        p.c_stride = out_;
        p.add = add;
        for_each_panel<T>(out_, [&](int column, int columns, auto vectors) {
            p.b = planes + tiles::points * in_plane(block) + point * out_plane(block) + column;
            p.c = sums + point * sum_plane_ + column;
            p.columns = columns;
            outer_panel<decltype(vectors)::value>(c_.in.channels, p);
        });
    }

    correlation c_;
    tiles cut_;
    std::size_t count_; ///< tiles of the batch
    int in_, out_;      ///< channels, in whole vectors
    std::size_t sum_plane_;
    pixel_source<T> x_, dy_;
    std::span<T> patches_; ///< of all threads
    std::size_t patch_size_ = 0;
    std::span<double> bias_sums_; ///< of each group
};

template <class T, class Execution>
void weight_gradient_by_winograd(Execution& run, correlation const& c, std::size_t batch, T const* x, pixel_source<T> const& dy,
                                 T* dweights, T* dbias) {
    winograd_weight_gradient<T>(c, batch, x, dy)(run, dweights, dbias);
}

} // namespace mcfa::backend::eigen_engine::inline MCFA_VECTORS
