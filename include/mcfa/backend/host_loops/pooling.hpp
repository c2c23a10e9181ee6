// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/arithmetic/pooling.hpp>
#include <mcfa/backend/host_loops/backend.hpp>
#include <mcfa/op/pooling.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace mcfa {

/// One work item per row of output pixels.
template <class T, backend::host_backend B>
struct kernel<pooling_forward<T>, B> {
    static void run(typename B::execution& run, pooling_forward<T> const& p) {
        run.launch(static_cast<std::int64_t>(p.y.extent(0) * p.y.extent(1)), [=, op = p.op](std::int64_t item) {
            int const lines = int(p.y.extent(1)), width = int(p.y.extent(2)), channels = int(p.y.extent(3));
            int const oy = int(item % lines);
            T const* const sample = p.x[item / lines].data();
            for (int ox = 0; ox < width; ++ox) {
                arithmetic::pooling_window const window(op, oy, ox);
                T* const pixel = &p.y(item / lines, oy, ox, 0);
                if (op.kind == pooling_kind::maximum) arithmetic::maximum_of_window(op, window, sample, pixel, 0, channels);
                else arithmetic::mean_of_window(op, window, sample, pixel, 0, channels);
            }
        });
    }
};

template <class T, backend::host_backend B>
struct kernel<pooling_backward<T>, B> {
    static void run(typename B::execution& run, pooling_backward<T> const& p) {
        if (p.op.windows_overlap()) backward_overlapping(run, p);
        else backward_apart(run, p);
    }

private:
    /// Non-overlapping windows: one work item per row of windows, which owns the rows of dx down to the next one.
    static void backward_apart(typename B::execution& run, pooling_backward<T> const& p) {
        pooling const op = p.op;
        shape const out = op.out();
        bool const tiled = op.pad == 0 && op.window_height == op.stride && op.window_width == op.stride &&
                           op.in.height == out.height * op.stride && op.in.width == out.width * op.stride;
        bool const quads =
            op.kind == pooling_kind::maximum && op.pad == 0 && op.stride == 2 && op.window_height == 2 && op.window_width == 2;
        run.launch(static_cast<std::int64_t>(p.dy.extent(0)) * out.height, [=](std::int64_t item) {
            std::int64_t const n = item / out.height;
            int const oy = int(item % out.height);
            T const* const x = p.x[n].data();
            T* const dx = p.dx[n].data();
            if (!tiled) {
                int const top = oy == 0 ? 0 : oy * op.stride - op.pad;
                int const bottom = oy + 1 == out.height ? op.in.height : (oy + 1) * op.stride - op.pad;
                std::fill(dx + arithmetic::pixel_offset(op.in, top, 0), dx + arithmetic::pixel_offset(op.in, bottom, 0), T(0));
            }
            for (int ox = 0; ox < out.width; ++ox)
                if (quads) {
                    std::size_t const corner = arithmetic::pixel_offset(op.in, 2 * oy, 2 * ox);
                    arithmetic::max_pool_2x2_gradient(out.channels, arithmetic::pixel_offset(op.in, 1, 0),
                                                      arithmetic::pixel_offset(op.in, 0, 1), x + corner, &p.dy(n, oy, ox, 0), dx + corner);
                } else {
                    send_back<false>(op, oy, ox, x, &p.dy(n, oy, ox, 0), dx, 0, out.channels);
                }
        });
    }

    /// Overlapping windows: one work item per sample and block of channels, in which gradients are added in reading order.
    static void backward_overlapping(typename B::execution& run, pooling_backward<T> const& p) {
        shape const out = p.op.out();
        constexpr int block = 64;
        int const blocks = (out.channels + block - 1) / block;
        run.launch(static_cast<std::int64_t>(p.dy.extent(0)) * blocks, [=](std::int64_t item) {
            std::int64_t const n = item / blocks;
            int const first = int(item % blocks) * block, last = std::min(out.channels, first + block);
            matrix<T> const pixels{p.dx[n].data(), p.op.in.pixels(), out.channels};
            for (int pixel = 0; pixel < p.op.in.pixels(); ++pixel)
                for (int c = first; c < last; ++c) pixels(pixel, c) = T(0);
            for (int oy = 0; oy < out.height; ++oy)
                for (int ox = 0; ox < out.width; ++ox)
                    send_back<true>(p.op, oy, ox, p.x[n].data(), &p.dy(n, oy, ox, 0), pixels.data(), first, last);
        });
    }

    template <bool Overlapping>
    static void send_back(pooling const& op, int oy, int ox, T const* x, T const* gradient, T* dx, int first, int last) {
        arithmetic::pooling_window const window(op, oy, ox);
        if (op.kind == pooling_kind::maximum) arithmetic::maximum_of_window_gradient<Overlapping>(op, window, x, gradient, dx, first, last);
        else arithmetic::mean_of_window_gradient<Overlapping>(op, window, gradient, dx, first, last);
    }
};

} // namespace mcfa
