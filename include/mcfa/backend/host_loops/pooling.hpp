// SPDX-License-Identifier: MIT
#pragma once

#include <mcfa/arithmetic/pooling.hpp>
#include <mcfa/backend/host_loops/backend.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace mcfa {

template <backend::host_backend B>
struct kernel<pooling, B> {
    /// One work item per row of output pixels.
    template <class T>
    static void forward(typename B::execution& run, pooling const& op, int batch, T const* x, T* y) {
        shape const out = op.out();
        run.launch(static_cast<std::int64_t>(batch) * out.height, [=](std::int64_t item) {
            int const oy = static_cast<int>(item % out.height);
            T const* const sample = x + static_cast<std::size_t>(item / out.height) * op.in.size();
            T* const row = y + static_cast<std::size_t>(item) * static_cast<std::size_t>(out.width * out.channels);
            for (int ox = 0; ox < out.width; ++ox) {
                arithmetic::pooling_window const window(op, oy, ox);
                T* const pixel = row + static_cast<std::size_t>(ox * out.channels);
                if (op.kind == pooling_kind::maximum) arithmetic::maximum_of_window(op, window, sample, pixel, 0, out.channels);
                else arithmetic::mean_of_window(op, window, sample, pixel, 0, out.channels);
            }
        });
    }

    template <class T>
    static void backward(typename B::execution& run, pooling const& op, int batch, T const* x, T const* dy, T* dx) {
        if (op.windows_overlap()) backward_overlapping(run, op, batch, x, dy, dx);
        else backward_apart(run, op, batch, x, dy, dx);
    }

private:
    /// Windows that stay apart: one work item per row of windows, which owns the rows of dx down to the next one.
    template <class T>
    static void backward_apart(typename B::execution& run, pooling const& op, int batch, T const* x, T const* dy, T* dx) {
        shape const out = op.out();
        bool const tiled = op.pad == 0 && op.window_height == op.stride && op.window_width == op.stride &&
                           op.in.height == out.height * op.stride && op.in.width == out.width * op.stride;
        bool const quads =
            op.kind == pooling_kind::maximum && op.pad == 0 && op.stride == 2 && op.window_height == 2 && op.window_width == 2;
        run.launch(static_cast<std::int64_t>(batch) * out.height, [=](std::int64_t item) {
            int const oy = static_cast<int>(item % out.height);
            std::size_t const sample = static_cast<std::size_t>(item / out.height) * op.in.size();
            if (!tiled) {
                int const top = oy == 0 ? 0 : oy * op.stride - op.pad;
                int const bottom = oy + 1 == out.height ? op.in.height : (oy + 1) * op.stride - op.pad;
                std::fill(dx + sample + arithmetic::pixel_offset(op.in, top, 0), dx + sample + arithmetic::pixel_offset(op.in, bottom, 0),
                          T(0));
            }
            T const* const gradients = dy + static_cast<std::size_t>(item / out.height) * out.size();
            for (int ox = 0; ox < out.width; ++ox)
                if (quads) {
                    std::size_t const corner = sample + arithmetic::pixel_offset(op.in, 2 * oy, 2 * ox);
                    arithmetic::max_pool_2x2_gradient(out.channels, arithmetic::pixel_offset(op.in, 1, 0),
                                                      arithmetic::pixel_offset(op.in, 0, 1), x + corner,
                                                      gradients + arithmetic::pixel_offset(out, oy, ox), dx + corner);
                } else {
                    send_back<false>(op, oy, ox, x + sample, gradients, dx + sample, 0, out.channels);
                }
        });
    }

    /// Windows that share pixels: one work item per sample and block of channels, in which gradients add up in reading order.
    template <class T>
    static void backward_overlapping(typename B::execution& run, pooling const& op, int batch, T const* x, T const* dy, T* dx) {
        shape const out = op.out();
        constexpr int block = 64;
        int const blocks = (out.channels + block - 1) / block;
        run.launch(static_cast<std::int64_t>(batch) * blocks, [=](std::int64_t item) {
            auto const sample = static_cast<std::size_t>(item / blocks);
            int const first = static_cast<int>(item % blocks) * block;
            int const last = std::min(out.channels, first + block);
            T* const dx_sample = dx + sample * op.in.size();
            for (int pixel = 0; pixel < op.in.pixels(); ++pixel)
                for (int c = first; c < last; ++c) dx_sample[static_cast<std::size_t>(pixel * op.in.channels + c)] = T(0);
            for (int oy = 0; oy < out.height; ++oy)
                for (int ox = 0; ox < out.width; ++ox)
                    send_back<true>(op, oy, ox, x + sample * op.in.size(), dy + sample * out.size(), dx_sample, first, last);
        });
    }

    template <bool Overlapping, class T>
    static void send_back(pooling const& op, int oy, int ox, T const* x, T const* dy, T* dx, int first, int last) {
        arithmetic::pooling_window const window(op, oy, ox);
        T const* const gradient = dy + arithmetic::pixel_offset(op.out(), oy, ox);
        if (op.kind == pooling_kind::maximum) arithmetic::maximum_of_window_gradient<Overlapping>(op, window, x, gradient, dx, first, last);
        else arithmetic::mean_of_window_gradient<Overlapping>(op, window, gradient, dx, first, last);
    }
};

} // namespace mcfa
